#include "learning_loop/base/log.h"
#include "learning_loop/server/commands/ask_loop.h"
#include "learning_loop/server/commands/loop_command.h"
#include "learning_loop/server/commands/run_command.h"
#include "learning_loop/server/settings.h"

#include <sys/stat.h>

#include <iostream>

namespace learning_loop {
namespace {

struct PasswordSettings {
    std::filesystem::path data_folder;
    std::string user = "admin";
    bool from_stdin = false;
};
BOOST_DESCRIBE_STRUCT(PasswordSettings, (), (data_folder, user, from_stdin))

int set_password(Invocation const& start)
{
    auto const description = describe_command(
        "learning-loop user password",
        "Sets a new password and ends the user's logins. Without --from-stdin one is drawn and printed.",
        {{.field = "user", .meaning = "whose", .flag_only = true},
         {.field = "from_stdin", .meaning = "the new password is the first line of the input", .flag_only = true}});
    PasswordSettings defaults;
    defaults.data_folder = default_server_folder(start.environment);
    auto const set = [&](PasswordSettings const& settings) {
        AdminRequest request;
        request.command = AdminCommand::set_password;
        request.user = settings.user;
        if (settings.from_stdin) std::getline(std::cin, request.password.emplace());
        auto const answer = ask_or_tell(description, settings.data_folder, request);
        if (answer) std::cout << answer->secret.value_or("the password of " + settings.user + " is set") << "\n";
        return answer ? 0 : 1;
    };
    return run_command(start, description, "--user", defaults, no_check, set);
}

int list_users(Invocation const& start)
{
    auto const description = describe_command("learning-loop user list", "Lists the accounts.", {});
    FolderSettings const defaults{default_server_folder(start.environment)};
    auto const list = [&](FolderSettings const& settings) {
        AdminRequest request;
        request.command = AdminCommand::list_users;
        auto const answer = ask_or_tell(description, settings.data_folder, request);
        if (!answer) return 1;
        for (auto const& user : answer->users) std::cout << user << "\n";
        return 0;
    };
    return run_command(start, description, "--data-folder", defaults, no_check, list);
}

constexpr SubCommand user_commands[] = {
    {"password", "sets a new password", set_password},
    {"list", "lists the accounts", list_users},
};

} // namespace

int run_user(int argc, char const* const* argv)
{
    start_log(log::Level::warn);
    ::umask(0077);
    return run_sub_command("learning-loop user", user_commands, argc, argv);
}

} // namespace learning_loop
