#include "learning_loop/server/accounts/login_queue.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/thread_priority.h"
#include "learning_loop/http/networks.h"
#include "learning_loop/server/accounts/password.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr double max_failures_of_account = 10; // from one address
constexpr double max_failures_of_address = 100;
constexpr std::size_t max_waiting = 400;
constexpr double weight_of_check = 0.01;       // it decides between those that have failed alike
constexpr double rank_of_unknown_address = 50; // it may be anybody

/// Short, however long a name somebody sends.
std::string key_of(LoginQueue::Attempt const& attempt)
{
    return attempt.address + " " + hex(sha256(attempt.account)).substr(0, 16);
}

} // namespace

/// The one check that runs; the next one begins when it ends.
class LoginQueue::Turn {
public:
    explicit Turn(LoginQueue& queue) : queue_(queue) { queue_.is_checking_ = true; }
    Turn(Turn const&) = delete;
    Turn& operator=(Turn const&) = delete;
    ~Turn()
    {
        queue_.is_checking_ = false;
        queue_.wake_first();
    }

private:
    LoginQueue& queue_;
};

LoginQueue::LoginQueue(asio::any_io_executor executor, std::function<Clock::time_point()> now)
    : executor_(std::move(executor)), now_(std::move(now))
{}

Task<Result<bool>> LoginQueue::check(Attempt attempt, std::function<bool()> is_right)
{
    attempt.address = http::counted_as(attempt.address);
    if (auto const allowed = check_failures(attempt); !allowed) co_return allowed.error();
    if (auto const room = make_room(attempt.address); !room) co_return room.error();
    auto const place =
        waiting_.insert(waiting_.end(), {attempt.address, asio::steady_timer(executor_, Clock::time_point::max())});
    if (auto const granted = co_await wait_for_turn(place); !granted) co_return granted.error();
    if (auto const allowed = check_failures(attempt); !allowed) co_return allowed.error(); // it failed meanwhile
    Turn const turn(*this);
    checks_.add(attempt.address, now_());
    auto job = [is_right = std::move(is_right)]() -> Result<bool> {
        lower_priority_of_thread();
        return is_right();
    };
    auto const right = co_await lane_.run(std::move(job));
    if (!right) co_return right.error();
    if (!*right) count_failure(attempt);
    co_return *right; // never the Result itself: docs/traps.md has a `Result<bool> const`
}

Task<Result<std::string>> LoginQueue::hash(Secret password)
{
    auto job = [password = std::move(password)]() -> Result<std::string> { return hash_password(password); };
    co_return co_await lane_.run(std::move(job));
}

/// Ends with the place given up.
Task<Result<void>> LoginQueue::wait_for_turn(Place place)
{
    struct Leave {
        LoginQueue& queue;
        Place place;
        ~Leave()
        {
            queue.waiting_.erase(place);
            queue.wake_first(); // this one may have been woken, and then cancelled
        }
    };
    Leave const leave{*this, place};
    while (!place->is_refused && (is_checking_ || first() != place)) {
        if (!is_checking_) wake_first(); // another one has come first meanwhile
        about_to_wait_for("other logins");
        co_await place->turn.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (place->is_refused) co_return Error{Errc::too_many, "too many logins wait: try again in a while"};
    co_return Result<void>();
}

Result<void> LoginQueue::check_failures(Attempt const& attempt) const
{
    if (attempt.address.empty()) return {}; // many may hide behind it
    auto const of_account = failures_of_accounts_.level(key_of(attempt), now_());
    auto const of_address = failures_.level(attempt.address, now_());
    // One less, since failures fade from the moment they are counted.
    if (of_account <= max_failures_of_account - 1 && of_address <= max_failures_of_address - 1) return {};
    return Error{Errc::too_many, "too many logins from " + attempt.address + " have failed: try again in 30 seconds"};
}

/// Refuses the last in line if too many wait, or the new one if that is the last.
Result<void> LoginQueue::make_room(std::string const& address)
{
    if (waiting_.size() < max_waiting) return {};
    waiting_.push_back({address, asio::steady_timer(executor_)}); // where the new one would stand
    auto const all = ranks();
    waiting_.pop_back();
    auto rank = all.begin();
    Waiting* last = nullptr;
    double highest = all.back();
    for (auto& one : waiting_) {
        if (!one.is_refused && *rank > highest) {
            last = &one;
            highest = *rank;
        }
        ++rank;
    }
    if (!last) return Error{Errc::too_many, "too many logins wait: try again in a while"};
    last->is_refused = true;
    last->turn.cancel();
    return {};
}

/// Of those that wait, in their order: how often their address has failed, and how many of the same address stand
/// before; between equals, how often it has tried just now. So those that an address sends at once come between those
/// of others, and who fails falls behind.
std::vector<double> LoginQueue::ranks() const
{
    auto const now = now_();
    std::unordered_map<std::string_view, double> next;
    std::vector<double> all;
    for (auto const& one : waiting_) {
        auto rank = next.find(one.address);
        if (rank == next.end()) {
            auto const of_address =
                failures_.level(one.address, now) + weight_of_check * checks_.level(one.address, now);
            rank = next.emplace(one.address, one.address.empty() ? rank_of_unknown_address : of_address).first;
        }
        all.push_back(rank->second++);
    }
    return all;
}

void LoginQueue::count_failure(Attempt const& attempt)
{
    if (attempt.address.empty()) return;
    failures_.add(attempt.address, now_());
    failures_of_accounts_.add(key_of(attempt), now_());
}

/// The lowest rank, and of those whoever came first.
LoginQueue::Place LoginQueue::first()
{
    auto const all = ranks();
    return std::next(waiting_.begin(), std::min_element(all.begin(), all.end()) - all.begin());
}

void LoginQueue::wake_first()
{
    if (!is_checking_ && !waiting_.empty()) first()->turn.cancel();
}

} // namespace learning_loop
