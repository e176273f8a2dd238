#include "learning_loop/server/admin/admin_desk.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/http/server/command_text.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/accounts/password.h"
#include "learning_loop/server/projects/project_lookup.h"

namespace learning_loop {
namespace {

ListedToken listed(store::ScopedToken const& token)
{
    auto const project = token.project ? token.project->organization + "/" + token.project->name : std::string();
    return {token.token.number, boost::describe::enum_to_string(token.token.kind, "?"), token.token.name, project,
            token.token.created};
}

Error wrong_project(std::string const& text)
{
    return {Errc::invalid_argument,
            "--project: '" + printable(text) + "' is no project: write it as ORGANIZATION/PROJECT, in lower case"};
}

} // namespace

Task<Result<AdminAnswer>> AdminDesk::answer(AdminRequest request)
{
    switch (request.command) {
    case AdminCommand::create_token: return create_token(std::move(request));
    case AdminCommand::revoke_token: return revoke_token(std::move(request));
    case AdminCommand::set_password: return set_password(std::move(request));
    case AdminCommand::list_users: return list_users();
    case AdminCommand::list_tokens: break;
    }
    return list_tokens();
}

Task<std::string> AdminDesk::answer_text(std::string request)
{
    auto const do_it = [this](AdminRequest asked) { return answer(std::move(asked)); };
    co_return co_await answer_in_text<AdminRequest, AdminAnswer>(std::move(request), do_it);
}

Task<Result<AdminAnswer>> AdminDesk::create_token(AdminRequest request)
{
    bool const is_node = request.node.has_value();
    if (is_node == request.script.has_value())
        co_return Error{Errc::invalid_argument, "who is the token for? Give --node NAME or --script NAME, one of them"};
    auto const name = is_node ? *request.node : *request.script;
    if (!is_name(name)) {
        co_return Error{Errc::invalid_argument, "'" + printable(name) +
                                                    "' is no name for it: take letters, digits, '_', "
                                                    "'-' and '.'"};
    }
    std::optional<store::Project> project;
    if (request.project) {
        auto const slash = request.project->find('/');
        if (slash == std::string::npos) co_return wrong_project(*request.project);
        auto found =
            co_await require_project(projects_, request.project->substr(0, slash), request.project->substr(slash + 1));
        if (!found) co_return found.error();
        project = std::move(*found);
    }
    auto const kind = is_node ? store::TokenKind::node : store::TokenKind::script;
    auto const made = co_await accounts_.make_token(kind, name, std::move(project));
    if (!made) co_return made.error();
    log::info("a token was made: number={} name={}", made->number, log::value(name));
    co_return AdminAnswer{{}, url_, made->secret.reveal(), {listed(accounts_.tokens().at(made->number))}, {}};
}

Task<Result<AdminAnswer>> AdminDesk::revoke_token(AdminRequest request)
{
    auto const number = request.number.value_or(0);
    auto const revoked = co_await accounts_.revoke_token(number);
    if (!revoked)
        co_return Error{revoked.error().code,
                        revoked.error().message + ": `learning-loop token list` shows those there are"};
    log::info("a token was revoked: number={}", number);
    co_return AdminAnswer{{}, url_, {}, {}, {}};
}

Task<Result<AdminAnswer>> AdminDesk::set_password(AdminRequest request)
{
    auto const username = request.user.value_or("");
    auto const password = request.password ? Secret(*request.password) : random_password();
    auto const set = co_await accounts_.set_password(username, password);
    if (!set) co_return set.error();
    log::info("the password of {} was set anew, and its logins ended", log::value(username));
    AdminAnswer answer{{}, url_, {}, {}, {}};
    if (!request.password) answer.secret = password.reveal();
    co_return answer;
}

Task<Result<AdminAnswer>> AdminDesk::list_tokens() const
{
    AdminAnswer answer{{}, url_, {}, {}, {}};
    for (auto const& [number, token] : accounts_.tokens()) answer.tokens.push_back(listed(token));
    co_return answer;
}

Task<Result<AdminAnswer>> AdminDesk::list_users() const
{
    co_return AdminAnswer{{}, url_, {}, {}, accounts_.usernames()};
}

} // namespace learning_loop
