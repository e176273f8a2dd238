#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"

#include <cstddef>
#include <list>
#include <string>
#include <utility>

namespace learning_loop {

/// Lets one coroutine at a time do what takes several steps, in the order they came. Callers must be on the io thread.
class Turn {
public:
    /// It is the holder's turn until this goes.
    class Held {
    public:
        explicit Held(Turn& turn) : turn_(&turn) {}
        Held(Held&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
        Held& operator=(Held&&) = delete;
        ~Held()
        {
            if (turn_) turn_->pass_on();
        }

    private:
        Turn* turn_;
    };

    Turn(std::string name, std::size_t max_waiting) : name_(std::move(name)), max_waiting_(max_waiting) {}
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;

    /// Waits for the turn. Errors: unavailable if too many wait already.
    Task<Result<Held>> take();

    bool is_free() const { return !is_taken_; } ///< Nobody has the turn, or waits for it.

private:
    struct Waiting;

    void pass_on();

    std::string name_;
    std::size_t max_waiting_;
    bool is_taken_ = false;
    std::list<Waiting*> waiting_;
};

} // namespace learning_loop
