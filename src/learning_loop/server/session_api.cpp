#include "learning_loop/server/session_api.h"

#include "learning_loop/base/ids.h"

namespace learning_loop {
namespace {

constexpr auto cookie_rules = "; Path=/; HttpOnly; SameSite=Lax";

class SessionApi {
public:
    void add_to(http::Router& router)
    {
        router.get("/api/status", *this, &SessionApi::status);
        router.post("/api/login", *this, &SessionApi::login, {64 * 1024});
        router.post("/api/logout", *this, &SessionApi::logout, {64 * 1024});
    }

private:
    Task<Result<http::Response>> status(http::Request) { co_return http::json_response({{"status", "ready"}}); }

    Task<Result<http::Response>> login(http::Request)
    {
        auto response = http::json_response({{"status", "logged in"}});
        auto const token = hex(sha256(new_uuid() + new_uuid()));
        response.headers.add("Set-Cookie", "learning_loop_session=" + token + cookie_rules);
        co_return response;
    }

    Task<Result<http::Response>> logout(http::Request)
    {
        auto response = http::json_response({{"status", "logged out"}});
        response.headers.add("Set-Cookie", std::string("learning_loop_session=; Max-Age=0") + cookie_rules);
        co_return response;
    }
};

} // namespace

void add_session_api(http::Router& router)
{
    router.keep<SessionApi>();
}

} // namespace learning_loop
