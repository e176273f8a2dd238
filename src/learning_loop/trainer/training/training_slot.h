#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// The right to train, shared by the trainers of one machine, which have one graphics card: an exclusive lock (flock)
/// on a file that all of them know. Who has it writes that into the file. The system releases the lock of a process
/// that dies. Trainers of the Python library do the same. To be used on the io thread: what it does to the file takes a
/// moment, on a disk of this machine.
class TrainingSlot {
public:
    /// `file`: its folder must exist. Empty: there are no siblings, and the slot is always free.
    explicit TrainingSlot(std::filesystem::path file) : file_(std::move(file)) {}
    ~TrainingSlot() { release(); }
    TrainingSlot(TrainingSlot const&) = delete;
    TrainingSlot& operator=(TrainingSlot const&) = delete;

    /// `purpose`: what it is wanted for, as `node <uuid>, training #3 of org/project`; siblings read it. Does nothing
    /// if the slot is held already. Errors: conflict if a sibling holds it; the message is what that one wrote.
    /// unavailable if the file cannot be opened or written.
    Result<void> try_claim(std::string const& purpose);

    /// The same, tried a few times: siblings that only look hold the lock for an instant.
    Task<Result<void>> claim(std::string purpose);

    void release(); ///< Does nothing if the slot is not held.

    bool is_held() const { return is_held_; }

    /// Who else holds it, in that one's words; nullopt: nobody, or the file cannot be read. Takes the lock for an
    /// instant to find out.
    std::optional<std::string> find_sibling() const;

private:
    std::filesystem::path file_;
    bool is_held_ = false;
    Descriptor lock_;
};

} // namespace learning_loop
