#include "learning_loop/server/access/session_api.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/cookies.h"
#include "learning_loop/server/access/loop_door.h"
#include "learning_loop/server/accounts/accounts.h"

namespace learning_loop {
namespace {

constexpr std::chrono::hours cookie_lifetime{30 * 24};
constexpr std::chrono::hours token_lifetime{365 * 24}; // those who ask for one never ask again
constexpr auto* detector_cookie = "detector";          // of one that has no login: it proves nothing

/// What POST /api/token gives.
struct AccessToken {
    std::string access_token;
    std::string token_type = "bearer";
    std::int64_t expires = 0; ///< Seconds since 1970.
};
BOOST_DESCRIBE_STRUCT(AccessToken, (), (access_token, token_type, expires))

void set_cookie(http::Response& answer, http::Request const& request, std::string value,
                std::optional<std::chrono::seconds> max_age)
{
    http::SetCookie const cookie{session_cookie, std::move(value), max_age, request.sender.over_tls};
    answer.headers.add("Set-Cookie", http::to_header(cookie));
    answer.headers.add("Cache-Control", "no-store");
}

Login login_of(LoginForm form, http::Request const& request)
{
    return {std::move(form.username), Secret(form.password), request.sender.address};
}

class SessionApi {
public:
    SessionApi(Accounts& accounts, LoopDoor const& door) : accounts_(accounts), door_(door) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::status, *this, &SessionApi::status)
            .summary("Whether the Loop is ready.")
            .open_to(http::Access::everybody);
        router.post(loop_api::login, *this, &SessionApi::login)
            .summary("Logs in by cookie. Without username and password: a detector whose network needs no login.")
            .open_to(http::Access::everybody)
            .body_limit(loop_api::max_form_bytes);
        router.post(loop_api::logout, *this, &SessionApi::logout)
            .summary("Ends the login of the cookie or the token.")
            .open_to(http::Access::everybody)
            .body_limit(loop_api::max_form_bytes);
        router.post(loop_api::token, *this, &SessionApi::token)
            .summary("Logs in by bearer token.")
            .open_to(http::Access::everybody)
            .body_limit(loop_api::max_form_bytes)
            .operation.gives_json(json_type<AccessToken>());
    }

private:
    Task<Result<LoopStatus>> status() { co_return LoopStatus{"ready"}; }

    Task<Result<http::Response>> login(http::FromForm<LoginForm> form, http::Request request)
    {
        auto answer = http::json_of_struct(LoopStatus{"logged in"});
        if (form->username.empty() && form->password.empty()) {
            if (!door_.admits_without_login(request.sender)) co_return no_anonymous_node(request.sender);
            set_cookie(answer, request, detector_cookie, std::nullopt);
            co_return answer;
        }
        auto const done = co_await log_in_by_cookie(accounts_, std::move(form.value), request, answer);
        if (!done) co_return login_refusal(done.error());
        co_return answer;
    }

    Task<Result<http::Response>> logout(http::Request request)
    {
        auto answer = http::json_of_struct(LoopStatus{"logged out"});
        auto const done = co_await log_out_by_cookie(accounts_, request, answer);
        if (!done) co_return done.error();
        co_return answer;
    }

    Task<Result<http::Response>> token(http::FromForm<LoginForm> form, http::Request request)
    {
        auto login = login_of(std::move(form.value), request);
        std::vector<std::string> const no_former;
        auto const session = co_await accounts_.log_in(std::move(login), token_lifetime, no_former);
        if (!session) co_return login_refusal(session.error());
        auto answer = http::json_of_struct(AccessToken{session->secret.reveal(), "bearer", session->expires_at_s});
        answer.headers.add("Cache-Control", "no-store");
        co_return answer;
    }

    Accounts& accounts_;
    LoopDoor const& door_;
};

} // namespace

Task<Result<void>> log_in_by_cookie(Accounts& accounts, LoginForm form, http::Request const& request,
                                    http::Response& answer)
{
    std::vector<std::string> former;
    if (auto cookie = session_cookie_of(request)) former.push_back(std::move(*cookie));
    auto login = login_of(std::move(form), request);
    auto const session = co_await accounts.log_in(std::move(login), cookie_lifetime, std::move(former));
    if (!session) co_return session.error();
    set_cookie(answer, request, session->secret.reveal(), cookie_lifetime);
    co_return Result<void>();
}

Task<Result<void>> log_out_by_cookie(Accounts& accounts, http::Request const& request, http::Response& answer)
{
    set_cookie(answer, request, "", std::chrono::seconds(0));
    auto cookie = session_cookie_of(request);
    if (cookie) {
        auto const ended = co_await accounts.log_out(std::move(*cookie));
        if (!ended) co_return ended.error();
    }
    auto const token = request.bearer_token();
    if (!token) co_return Result<void>();
    co_return co_await accounts.log_out(std::string(*token));
}

http::Response login_refusal(Error const& error)
{
    if (error.code != Errc::too_many) return http::error_response(error);
    auto answer = http::error_response(429, error.message);
    answer.headers.add("Retry-After", "30");
    return answer;
}

void add_session_api(http::Router& router, Accounts& accounts, LoopDoor const& door)
{
    router.keep<SessionApi>(accounts, door);
}

} // namespace learning_loop
