#include "learning_loop/server/session_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/cookies.h"

namespace learning_loop {
namespace {

http::Response response_with(http::SetCookie const& cookie, std::string const& status)
{
    auto response = http::json_of_struct(LoopStatus{status});
    response.headers.add("Set-Cookie", http::to_header(cookie));
    return response;
}

class SessionApi {
public:
    explicit SessionApi(bool over_tls) : over_tls_(over_tls) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::status, *this, &SessionApi::status).summary("Whether the Loop is ready.");
        router.post(loop_api::login, *this, &SessionApi::login)
            .summary("Any login will do: there are no accounts yet.")
            .body_limit(loop_api::max_form_bytes);
        router.post(loop_api::logout, *this, &SessionApi::logout)
            .summary("Forgets the login.")
            .body_limit(loop_api::max_form_bytes);
    }

private:
    Task<Result<LoopStatus>> status() { co_return LoopStatus{"ready"}; }

    Task<Result<http::Response>> login(http::Request)
    {
        http::SetCookie const cookie{cookie_name, random_token(), std::nullopt, over_tls_};
        co_return response_with(cookie, "logged in");
    }

    Task<Result<http::Response>> logout(http::Request)
    {
        http::SetCookie const cookie{cookie_name, "", std::chrono::seconds(0), over_tls_};
        co_return response_with(cookie, "logged out");
    }

    static constexpr auto cookie_name = "learning_loop_session";
    bool over_tls_;
};

} // namespace

void add_session_api(http::Router& router, bool over_tls)
{
    router.keep<SessionApi>(over_tls);
}

} // namespace learning_loop
