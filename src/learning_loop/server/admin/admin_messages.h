#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What the commands of a shell ask of a Loop, in a socket of its data folder: one JSON text each way, ended by a line
// feed.

namespace learning_loop {

enum class AdminCommand { create_token, list_tokens, revoke_token, list_users, set_password };
BOOST_DESCRIBE_ENUM(AdminCommand, create_token, list_tokens, revoke_token, list_users, set_password)

struct AdminRequest {
    AdminCommand command = AdminCommand::list_tokens;
    std::optional<std::string> node; ///< create_token: for whom; either this or the script.
    std::optional<std::string> script;
    std::optional<std::string> project;  ///< create_token: `organization/project`. Absent: for every project.
    std::optional<std::int64_t> number;  ///< revoke_token
    std::optional<std::string> user;     ///< set_password
    std::optional<std::string> password; ///< set_password. Absent: one is drawn.
};
BOOST_DESCRIBE_STRUCT(AdminRequest, (), (command, node, script, project, number, user, password))

struct ListedToken {
    std::int64_t number = 0;
    std::string kind;
    std::string name;
    std::string project; ///< Empty: every project.
    std::string created;
};
BOOST_DESCRIBE_STRUCT(ListedToken, (), (number, kind, name, project, created))

struct AdminAnswer {
    std::optional<std::string> error;  ///< Why nothing was done.
    std::string loop_url;              ///< Empty: no server runs, so it is not known.
    std::optional<std::string> secret; ///< The new token, or the password that was drawn.
    std::vector<ListedToken> tokens;   ///< Those that were asked for; after create_token the new one.
    std::vector<std::string> users;
};
BOOST_DESCRIBE_STRUCT(AdminAnswer, (), (error, loop_url, secret, tokens, users))

} // namespace learning_loop
