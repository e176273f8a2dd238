#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/base/secret.h"
#include "learning_loop/server/accounts/fading_counts.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

namespace learning_loop {

/// Checks passwords one after another, since each takes a core for some 30 ms: however many logins are tried, the rest
/// of the program keeps its cores. Whoever has failed less often, and tried less often just now, by address, comes
/// first, so a storm of wrong logins from elsewhere holds up no right one. Who fails too often is refused without a
/// check: by account and address, never by account alone, which would lock its owner out. To be used on the io thread.
class LoginQueue {
public:
    using Clock = std::chrono::steady_clock;

    explicit LoginQueue(
        boost::asio::any_io_executor executor, std::function<Clock::time_point()> now = [] { return Clock::now(); });

    struct Attempt {
        std::string address; ///< Empty: unknown.
        std::string account;
    };
    /// Waits for its turn, then runs `is_right`, which must own what it uses, on a thread of its own. Errors: too_many
    /// if the address failed too often, or too many wait.
    Task<Result<bool>> check(Attempt attempt, std::function<bool()> is_right);

    /// Hashes a new password on the same thread, when the check that runs has ended.
    Task<Result<std::string>> hash(Secret password);

    std::size_t waiting() const { return waiting_.size(); }

private:
    struct Waiting {
        std::string address;
        boost::asio::steady_timer turn; ///< Never expires; cancelled to wake it.
        bool is_refused = false;
    };
    using Place = std::list<Waiting>::iterator;
    class Turn;

    Result<void> check_failures(Attempt const& attempt) const;
    Result<void> make_room(std::string const& address);
    Task<Result<void>> wait_for_turn(Place place);
    std::vector<double> ranks() const;
    void count_failure(Attempt const& attempt);
    Place first();
    void wake_first();

    boost::asio::any_io_executor executor_;
    std::function<Clock::time_point()> now_;
    std::list<Waiting> waiting_; ///< In the order they came.
    bool is_checking_ = false;
    FadingCounts checks_{1.0};                    ///< Of each address, right and wrong.
    FadingCounts failures_{1.0 / 30};             ///< Of each address.
    FadingCounts failures_of_accounts_{1.0 / 30}; ///< Of each address at each account.
    Lane lane_{"the check of passwords", Lane::unbounded};
};

} // namespace learning_loop
