#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// The right to train, shared by the trainers of one machine, which have one graphics card: an exclusive lock (flock)
/// on a file that all of them know. Who has it writes that into the file. The system releases the lock of a process
/// that dies. Trainers of the Python library do the same. All functions block, for a moment.
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
    Result<void> claim(std::string const& purpose);

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
