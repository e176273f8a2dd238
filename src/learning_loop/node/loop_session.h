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

/// What to do if the Loop answers 429.
enum class WhenBusy {
    wait,  ///< Wait as long as it asks for and ask again, at most 20 times.
    answer ///< Return the 429: a client waits for the answer, or the caller tries again by itself.
};

struct LoopSessionOptions {
    http::ClientOptions http;
    std::chrono::milliseconds first_busy_wait{2000}; ///< After a 429 or a login that failed; later waits are longer.
};

/// How to talk to the Loop of these settings.
LoopSessionOptions loop_session_options(NodeSettings const& settings);

/// How a node talks REST to its Loop: one client and one login, shared by all requests of the node. With credentials it
/// logs in before the first call; without any it calls anonymously first and, after a 401, logs in with an empty name
/// and password, which Loops grant to detectors. A token replaces both. To be used on the io thread.
class LoopSession {
public:
    /// A call that may have to be made more than once.
    using Call = std::function<Task<Result<http::Answer>>(http::Client&)>;

    LoopSession(boost::asio::any_io_executor executor, NodeSettings const& settings)
        : LoopSession(std::move(executor), settings, loop_session_options(settings))
    {}
    LoopSession(boost::asio::any_io_executor executor, NodeSettings const& settings, LoopSessionOptions options);

    /// The answer as it came, whatever its status; after a 401 and one new login that of the second try. Name the call
    /// before the `co_await` (docs/traps.md, 1). Errors: unauthorized if the Loop refuses the login, otherwise those of
    /// http::Client.
    Task<Result<http::Answer>> ask(Call call, WhenBusy when_busy = WhenBusy::wait);

    /// Logs in again, for a connection that is not made by `ask`. Callers that come while a login is in flight share
    /// it. After a login that failed, its result is returned until the next one is allowed: after as long as the Loop
    /// asked for, at least a growing wait that begins with a second. Does nothing with a token.
    Task<Result<void>> log_in();

    /// The client of all requests, for connections that speak another protocol than HTTP. It must not outlive this.
    http::Client& http() { return http_; }

    /// The cookies of the login for a request to this path, as the value of a header; empty: none.
    std::string cookie_header(std::string_view path) const { return http_.cookies_for(path); }

    /// How long the last answers want us to wait before the next request (Retry-After); 0: not at all.
    std::chrono::milliseconds asked_wait() const;

private:
    Task<Result<http::Answer>> log_in_and_send(Call const& call);
    Task<Result<void>> renew_login(std::uint64_t logins_seen);
    Task<Result<void>> send_login();
    void remember_retry_after(http::Answer const& answer);

    http::Client http_;
    std::chrono::milliseconds first_busy_wait_;
    std::string username_;
    Secret password_;
    bool has_token_;

    std::uint64_t logins_ = 0; ///< Tried so far.
    Result<void> last_login_;
    Backoff login_backoff_;
    std::chrono::steady_clock::time_point next_login_{}; ///< The earliest, after a login that failed.
    bool is_logging_in_ = false;
    boost::asio::steady_timer login_ended_; ///< Never expires; cancelled to wake those who share a login.
    std::chrono::steady_clock::time_point not_before_{};
};

/// `the Loop answers 500 <body>`; for a redirect also where it points.
std::string loop_answer_text(http::Answer const& answer);

/// The error for an answer with an unexpected status. `what` names what was asked for. not_found stands for 404,
/// unauthorized for 401, forbidden for 403, unavailable for any other status.
Error loop_refusal(http::Answer answer, std::string const& what);

} // namespace learning_loop
