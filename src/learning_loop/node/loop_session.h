#pragma once

#include "learning_loop/async/retry.h"
#include "learning_loop/http/client/client.h"
#include "learning_loop/node/settings.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace learning_loop {

/// What to do when the Loop answers 429.
enum class WhenBusy {
    wait,  ///< As long as it asks for, and ask again, at most 20 times.
    answer ///< Nothing: somebody waits for the answer, or has a loop of his own.
};

struct LoopSessionOptions {
    http::ClientSettings http;
    std::chrono::milliseconds first_busy_wait{2000}; ///< After a 429 or a login that failed; later waits are longer.
};

/// How to talk to the Loop of these settings.
LoopSessionOptions loop_session_options(NodeSettings const& settings);

/// How a node talks REST to its Loop: one client, one login, shared by all that the node asks. With credentials it logs
/// in before the first call; without any it calls anonymously first and, after a 401, with the empty login, which Loops
/// grant to detectors. A token takes the place of both. To be used on the io thread.
class LoopSession {
public:
    /// A call that may have to be made more than once.
    using Call = std::function<Task<Result<http::Answer>>(http::Client&)>;

    LoopSession(boost::asio::any_io_executor executor, NodeSettings const& settings)
        : LoopSession(std::move(executor), settings, loop_session_options(settings))
    {}
    LoopSession(boost::asio::any_io_executor executor, NodeSettings const& settings, LoopSessionOptions options);

    /// The answer as it came, whatever its status; after a 401 and one new login that of the second try. unauthorized:
    /// the Loop refuses the login. Name the call before the `co_await` (docs/traps.md, 1).
    Task<Result<http::Answer>> ask(Call call, WhenBusy when_busy = WhenBusy::wait);

    /// Logs in anew, as before each connection of Socket.IO. Who asks for it while one is on its way shares that one.
    /// After one that failed there is none for a second or more, as its answer or a growing wait asks: until then that
    /// one's result stands. With a token there is nothing to do.
    Task<Result<void>> log_in();

    /// The cookies of the login for a request to this path, as the value of a header; empty: none.
    std::string cookie_header(std::string_view path) const { return http_.cookies_for(path); }

    /// How long the last answers want us to wait before the next question (Retry-After); 0: not at all.
    std::chrono::milliseconds asked_wait() const;

private:
    Task<Result<http::Answer>> logged_in(Call const& call);
    Task<Result<void>> renew_login(std::uint64_t logins_seen);
    Task<Result<void>> send_login();
    void heed(http::Answer const& answer);

    http::Client http_;
    std::chrono::milliseconds first_busy_wait_;
    std::string username_;
    Secret password_;
    bool has_token_;

    std::uint64_t logins_ = 0; ///< Tried so far.
    Result<void> last_login_;
    Backoff login_backoff_;
    std::chrono::steady_clock::time_point next_login_{}; ///< After one that failed.
    bool is_logging_in_ = false;
    boost::asio::steady_timer login_ended_; ///< Never runs out; cancelled to wake those who share a login.
    std::chrono::steady_clock::time_point not_before_{};
};

/// `the Loop answers 500 <body>`; for a redirect also where it points.
std::string loop_answer_text(http::Answer const& answer);

/// An answer that is not what was asked for. `what` was? not_found: 404; unauthorized and forbidden: 401 and 403;
/// unavailable: any other.
Error loop_refusal(http::Answer answer, std::string const& what);

} // namespace learning_loop
