#include "learning_loop/server/page/login_page.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/access/session_api.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/page/page_html.h"

namespace learning_loop {
namespace {

class LoginPage {
public:
    LoginPage(Accounts& accounts, std::string base) : accounts_(accounts), base_(std::move(base)) {}

    void add_to(http::Router& router)
    {
        router.get("/login", *this, &LoginPage::show)
            .open_to(http::Access::everybody)
            .summary("The form of the login, for people.")
            .operation.gives("text/html");
        router.post("/login", *this, &LoginPage::log_in)
            .open_to(http::Access::everybody)
            .body_limit(loop_api::max_form_bytes)
            .summary("Logs in and goes on to the page.")
            .operation.gives("text/html");
        router.post("/logout", *this, &LoginPage::log_out)
            .open_to(http::Access::everybody)
            .body_limit(loop_api::max_form_bytes)
            .summary("Ends the login of the page.")
            .operation.gives("text/html");
    }

private:
    Task<Result<http::Response>> show(http::Request) { co_return http::html_response(login_html(base_, "")); }

    Task<Result<http::Response>> log_in(http::FromForm<LoginForm> form, http::Request request)
    {
        auto answer = http::redirect_response(base_ + "/");
        auto const done = co_await log_in_by_cookie(accounts_, std::move(form.value), request, answer);
        if (done) co_return answer;
        auto const refusal = login_refusal(done.error());
        auto page = http::html_response(login_html(base_, done.error().message));
        page.status = refusal.status;
        if (auto const wait = refusal.headers.find("Retry-After")) page.headers.add("Retry-After", std::string(*wait));
        co_return page;
    }

    Task<Result<http::Response>> log_out(http::Request request)
    {
        auto answer = http::redirect_response(base_ + "/login");
        auto const done = co_await log_out_by_cookie(accounts_, request, answer);
        if (!done) co_return done.error();
        co_return answer;
    }

    Accounts& accounts_;
    std::string base_;
};

} // namespace

void add_login_page(http::Router& router, Accounts& accounts, std::string base)
{
    router.keep<LoginPage>(accounts, std::move(base));
}

} // namespace learning_loop
