#include "learning_loop/base/log.h"
#include "learning_loop/server/commands/ask_loop.h"
#include "learning_loop/server/commands/loop_command.h"
#include "learning_loop/server/commands/run_command.h"
#include "learning_loop/server/settings.h"

#include <fmt/core.h>

#include <sys/stat.h>

#include <iostream>

namespace learning_loop {
namespace {

struct CreateTokenSettings {
    std::filesystem::path data_folder;
    std::optional<std::string> node;
    std::optional<std::string> script;
    std::optional<std::string> project;
};
BOOST_DESCRIBE_STRUCT(CreateTokenSettings, (), (data_folder, node, script, project))

struct RevokeTokenSettings {
    std::filesystem::path data_folder;
    std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(RevokeTokenSettings, (), (data_folder, number))

/// Lines for a shell or an environment file.
std::string settings_block(AdminAnswer const& answer)
{
    auto const& token = answer.tokens.at(0);
    auto block = fmt::format("# The settings of the {} {} for its machine (token {}). The token is not shown again.\n",
                             token.kind, token.name, token.number);
    if (answer.loop_url.empty()) block += "# No server runs here now: put in where it is reached.\n# LOOP_HOST=\n";
    else block += "LOOP_HOST=" + answer.loop_url + "\n";
    block += "LOOP_TOKEN=" + answer.secret.value_or("") + "\n";
    if (token.kind == "node") block += "NODE_NAME=" + token.name + "\n";
    if (token.project.empty()) return block;
    auto const slash = token.project.find('/');
    return block + "LOOP_ORGANIZATION=" + token.project.substr(0, slash) +
           "\nLOOP_PROJECT=" + token.project.substr(slash + 1) + "\n";
}

std::string token_table(std::vector<ListedToken> const& tokens)
{
    constexpr auto* row = "{:>6}  {:<6}  {:<24}  {:<24}  {}\n";
    auto table = fmt::format(row, "number", "kind", "name", "project", "made");
    for (auto const& token : tokens) {
        table += fmt::format(row, token.number, token.kind, token.name, token.project.empty() ? "every" : token.project,
                             token.created.substr(0, std::string_view("2024-01-31T12:00:00").size()));
    }
    return table;
}

int create_token(Invocation const& start)
{
    auto const description = describe_command(
        "learning-loop token create", "Makes a token and prints the settings with which a node or a script uses it.",
        {{.field = "node", .meaning = "the node that it is for: its NODE_NAME", .flag_only = true},
         {.field = "script", .meaning = "instead of a node: a script, which may do what people may", .flag_only = true},
         {.field = "project", .meaning = "ORGANIZATION/PROJECT: for this project alone", .flag_only = true}});
    CreateTokenSettings const defaults{default_server_folder(start.environment), {}, {}, {}};
    auto const create = [&](CreateTokenSettings const& settings) {
        AdminRequest request;
        request.command = AdminCommand::create_token;
        request.node = settings.node;
        request.script = settings.script;
        request.project = settings.project;
        auto const answer = ask_or_tell(description, settings.data_folder, request);
        if (answer) std::cout << settings_block(*answer);
        return answer ? 0 : 1;
    };
    return run_command(start, description, "--node", defaults, no_check, create);
}

int list_tokens(Invocation const& start)
{
    auto const description =
        describe_command("learning-loop token list", "Lists the tokens, without their secrets.", {});
    FolderSettings const defaults{default_server_folder(start.environment)};
    auto const list = [&](FolderSettings const& settings) {
        auto const answer = ask_or_tell(description, settings.data_folder, {});
        if (answer) std::cout << token_table(answer->tokens);
        return answer ? 0 : 1;
    };
    return run_command(start, description, "--data-folder", defaults, no_check, list);
}

int revoke_token(Invocation const& start)
{
    auto const description = describe_command(
        "learning-loop token revoke", "Ends a token: whoever uses it is refused from then on.",
        {{.field = "number", .meaning = "which, as `learning-loop token list` tells", .min = 0, .flag_only = true}});
    RevokeTokenSettings const defaults{default_server_folder(start.environment)};
    auto const check = [](RevokeTokenSettings& settings, SettingsReader const& reader) -> Result<void> {
        if (settings.number != 0) return {};
        return reader.wrong("number", "is required: `learning-loop token list` shows them");
    };
    auto const revoke = [&](RevokeTokenSettings const& settings) {
        AdminRequest request;
        request.command = AdminCommand::revoke_token;
        request.number = settings.number;
        auto const answer = ask_or_tell(description, settings.data_folder, request);
        if (answer) std::cout << "token " << settings.number << " is revoked\n";
        return answer ? 0 : 1;
    };
    return run_command(start, description, "--number", defaults, check, revoke);
}

constexpr SubCommand token_commands[] = {
    {"create", "makes one for a node or a script, and prints the settings to copy there", create_token},
    {"list", "lists them", list_tokens},
    {"revoke", "ends one", revoke_token},
};

} // namespace

int run_token(int argc, char const* const* argv)
{
    start_log(log::Level::warn);
    ::umask(0077);
    return run_sub_command("learning-loop token", token_commands, argc, argv);
}

} // namespace learning_loop
