#include "learning_loop/node/loop_session.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr int max_tries = 20;
constexpr std::chrono::seconds max_busy_wait{60};

} // namespace

LoopSessionOptions loop_session_options(NodeSettings const& settings)
{
    LoopSessionOptions options;
    options.http.base_url = loop_url(settings);
    options.http.ca_file = settings.loop_ssl_cert_path.string();
    options.http.bearer_token = settings.loop_token.reveal();
    return options;
}

LoopSession::LoopSession(asio::any_io_executor executor, NodeSettings const& settings, LoopSessionOptions options)
    : http_(std::move(options.http)),
      first_busy_wait_(options.first_busy_wait),
      username_(settings.username),
      password_(settings.password),
      has_token_(!settings.loop_token.empty()),
      login_backoff_(options.first_busy_wait, max_busy_wait),
      login_ended_(std::move(executor), asio::steady_timer::time_point::max())
{}

Task<Result<http::Answer>> LoopSession::ask(Call call, WhenBusy when_busy)
{
    Backoff backoff(first_busy_wait_, max_busy_wait);
    asio::steady_timer timer(login_ended_.get_executor());
    for (int tries = 1;; ++tries) {
        auto answer = co_await log_in_and_send(call);
        if (answer) remember_retry_after(*answer);
        bool const is_busy = answer && answer->status == 429;
        if (!is_busy || when_busy == WhenBusy::answer || tries == max_tries) co_return answer;
        about_to_wait_for("the Loop, which is busy");
        timer.expires_after(backoff.next(answer->retry_after));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

Task<Result<void>> LoopSession::log_in()
{
    if (has_token_) co_return Result<void>();
    co_return co_await renew_login(logins_);
}

Task<Result<http::Answer>> LoopSession::log_in_and_send(Call const& call)
{
    bool const has_login = !has_token_ && (!username_.empty() || !password_.empty());
    if (has_login && (logins_ == 0 || !last_login_)) {
        auto const done = co_await renew_login(logins_);
        if (!done) co_return done.error();
    }
    auto const logins_seen = logins_;
    auto answer = co_await call(http_);
    if (!answer || answer->status != 401 || has_token_) co_return answer;
    auto const renewed = co_await renew_login(logins_seen);
    if (!renewed) co_return renewed.error();
    co_return co_await call(http_);
}

/// Calls that were refused at the same time share one login: the first sends it. If that call is cancelled, the next
/// one sends a login.
Task<Result<void>> LoopSession::renew_login(std::uint64_t logins_seen)
{
    struct Turn {
        LoopSession& session;
        ~Turn()
        {
            session.is_logging_in_ = false;
            session.login_ended_.cancel();
        }
    };
    while (is_logging_in_) co_await login_ended_.async_wait(asio::as_tuple(asio::use_awaitable));
    bool const is_too_early = !last_login_ && std::chrono::steady_clock::now() < next_login_;
    if (logins_ != logins_seen || is_too_early) co_return last_login_;
    is_logging_in_ = true;
    Turn const turn{*this};
    auto const done = co_await send_login();
    if (done) login_backoff_.reset();
    else next_login_ = std::max(not_before_, std::chrono::steady_clock::now() + login_backoff_.next());
    ++logins_;
    last_login_ = done;
    co_return done;
}

Task<Result<void>> LoopSession::send_login()
{
    std::vector<std::pair<std::string, std::string>> fields;
    fields.emplace_back("username", username_);
    fields.emplace_back("password", password_.reveal());
    auto const answer = co_await http_.post_form(std::string(loop_api::login), std::move(fields));
    if (!answer) co_return answer.error();
    remember_retry_after(*answer);
    auto const status = answer->status;
    if (status == 200 && !cookie_header(loop_api::login).empty()) co_return Result<void>();
    if (status == 200)
        co_return Error{Errc::unauthorized, "the Loop grants the login but gives no cookie: ask elsewhere"};
    bool const is_refused = status / 100 == 4 && status != 408 && status != 425 && status != 429;
    if (is_refused && username_.empty() && password_.empty()) {
        co_return Error{Errc::unauthorized, "the Loop wants a login (" + std::to_string(status) +
                                                ") and the node has none: set LOOP_TOKEN, or LOOP_USERNAME and "
                                                "LOOP_PASSWORD"};
    }
    if (is_refused) {
        co_return Error{Errc::unauthorized, "the Loop refuses the login (" + std::to_string(status) +
                                                "): check LOOP_USERNAME and LOOP_PASSWORD"};
    }
    co_return loop_refusal(*answer, "login");
}

void LoopSession::remember_retry_after(http::Answer const& answer)
{
    if (answer.retry_after.count() > 0) not_before_ = std::chrono::steady_clock::now() + answer.retry_after;
}

std::chrono::milliseconds LoopSession::asked_wait() const
{
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(not_before_ - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(0));
}

std::string loop_answer_text(http::Answer const& answer)
{
    auto text = "the Loop answers " + std::to_string(answer.status);
    if (!answer.location.empty() && answer.status / 100 == 3)
        text += " and points to " + answer.location + ", where nothing is sent: if the Loop is there, set LOOP_HOST;";
    return text + " " + answer.body;
}

Error loop_refusal(http::Answer answer, std::string const& what)
{
    answer.body = printable(answer.body);
    answer.location = printable(answer.location);
    auto const code = answer.status == 404   ? Errc::not_found
                      : answer.status == 401 ? Errc::unauthorized
                      : answer.status == 403 ? Errc::forbidden
                                             : Errc::unavailable;
    return {code, what + ": " + loop_answer_text(answer)};
}

} // namespace learning_loop
