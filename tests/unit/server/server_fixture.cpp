#include "unit/server/server_fixture.h"

#include "learning_loop/http/server/runner.h"
#include "learning_loop/http/url.h"
#include "learning_loop/server/loop_parts.h"
#include "learning_loop/store/sqlite/connection.h"

#include "support/run.h"

namespace learning_loop {

struct ServerTest::Loop {
    explicit Loop(std::filesystem::path const& folder)
        : parts(runner, {folder, http::Networks::of_this_machine(), {"admin", Secret(admin_password)}, 0})
    {}

    Runner runner{http::ServerOptions{}}; // does not listen: its URL is that of the options, http://127.0.0.1:8000
    LoopParts parts;
};

namespace {

/// The answer with its body as one text, also when it is made while it is sent.
Task<http::Response> read_whole(Task<http::Response> answering)
{
    auto response = co_await std::move(answering);
    auto const* stream = std::get_if<http::StreamBody>(&response.body);
    if (!stream) co_return response;
    std::string body;
    for (;;) {
        auto const piece = co_await stream->next();
        if (piece.empty()) break;
        body += piece;
    }
    response.body = std::move(body);
    co_return response;
}

} // namespace

ServerTest::ServerTest() : loop_(std::make_unique<Loop>(folder_.path())) {}
ServerTest::~ServerTest() = default;

http::Router const& ServerTest::router() const
{
    return loop_->runner.router();
}

http::Response ServerTest::ask(std::string const& method, std::string const& target, std::string body,
                               http::Headers headers)
{
    auto const path = target.substr(0, target.find('?'));
    auto match = loop_->runner.router().match(method, path);
    if (!match) return match.error().response;
    http::Request request;
    request.method = method;
    request.path = path;
    request.path_params = std::move(match->path_params);
    if (path.size() < target.size()) request.query = http::decoded_pairs(target.substr(path.size() + 1)).value();
    request.headers = std::move(headers);
    request.sender = sender;
    if (caller) request.caller = *caller;
    else if (auto const known = router().admit(*match->route, request); !known)
        return http::error_response(known.error());
    if (match->route->body_kind == http::BodyKind::upload) {
        auto reader = http::UploadReader::of(request.content_type(), folder_.path());
        if (!reader) return http::error_response(reader.error());
        if (auto const fed = reader->feed(body); !fed) return http::error_response(fed.error());
        auto upload = reader->finish();
        if (!upload) return http::error_response(upload.error());
        request.upload = std::move(*upload);
    } else {
        request.body = std::move(body);
    }
    return test::Io(executor()).run(read_whole(http::Router::answer_to(*match->route, std::move(request))));
}

Accounts& ServerTest::accounts()
{
    return loop_->parts.accounts();
}

store::ProjectRepository& ServerTest::projects()
{
    return loop_->parts.projects();
}

NodeHub& ServerTest::hub()
{
    return loop_->parts.hub();
}

boost::asio::any_io_executor ServerTest::executor()
{
    return loop_->runner.executor();
}

std::string ServerTest::token_of(store::TokenKind kind, std::string const& name, std::string const& project)
{
    std::optional<store::Project> only;
    test::Io io(executor());
    if (!project.empty()) only = io.run(loop_->parts.projects().find("demo", project)).value().value();
    return "Bearer " + io.run(accounts().make_token(kind, name, std::move(only))).value().secret.reveal();
}

std::string ServerTest::login_of_admin()
{
    Login login{"admin", Secret(admin_password), sender.address};
    return "Bearer " +
           test::Io(executor()).run(accounts().log_in(login, std::chrono::hours(1), {})).value().secret.reveal();
}

std::vector<std::string> ServerTest::authorizations_of_all()
{
    empty_project();
    generate(R"({"project_name": "other"})");
    using store::TokenKind;
    return {"",
            "",
            token_of(TokenKind::node, "cam1", "field"),
            token_of(TokenKind::node, "cam2", "other"),
            token_of(TokenKind::script, "backup"), // of every project: it may also make one
            token_of(TokenKind::script, "sync", "other"),
            login_of_admin()};
}

void ServerTest::run_sql(std::string const& script)
{
    store::sqlite::Connection database(folder_ / "loop.db", store::sqlite::Connection::Access::write);
    database.execute_script(script);
}

} // namespace learning_loop
