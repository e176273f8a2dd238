#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/base/secret.h"
#include "learning_loop/http/caller.h"
#include "learning_loop/server/accounts/login_queue.h"
#include "learning_loop/store/account_repository.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace learning_loop {

/// The account that is made at the first start.
struct FirstAccount {
    std::string username = "admin";
    Secret password; ///< Empty: one is drawn.
};

/// What somebody tries to log in with.
struct Login {
    std::string username;
    Secret password;
    std::string address; ///< Where they are; empty: unknown.
};

/// A login that was granted.
struct Session {
    Secret secret;             ///< What the client sends from now on: 128 bits.
    std::int64_t expires_at_s; ///< Seconds since 1970.
};

/// Users, their sessions, and the tokens of nodes and scripts. They are in memory, so that whoever asks is known at
/// once; what changes is in the database before it counts. Of sessions and tokens only hashes are kept, so each is
/// shown once. To be used on the io thread.
class Accounts {
public:
    /// Blocks, and nobody may use the repository's lanes yet. Throws DatabaseError.
    Accounts(boost::asio::any_io_executor executor, store::AccountRepository& repository);

    /// Makes the first account if there is none. Returns the password that was drawn for it, if one was. Blocks, as the
    /// constructor does.
    std::optional<Secret> make_first(FirstAccount const& first);

    /// `former`: sessions of the client that end with this login. Errors: unauthorized if name or password are wrong,
    /// which takes as long for a name that nobody has; too_many (see LoginQueue); out_of_space.
    Task<Result<Session>> log_in(Login login, std::chrono::seconds lifetime, std::vector<std::string> former);

    /// Does nothing if there is no such session. Errors: out_of_space; the session goes on then.
    Task<Result<void>> log_out(std::string secret);

    /// Who has the secret of a session; nullopt: nobody, or not any more.
    std::optional<http::Caller> find_session(std::string_view secret) const;

    /// The same for a token; what POST /api/token gives is a session, and counts, too.
    std::optional<http::Caller> find_token(std::string_view secret) const;

    struct NewToken {
        std::int64_t number = 0;
        Secret secret;
    };
    /// `project` with its number, or none: the token is for all of them. Errors: not_found if it was deleted meanwhile;
    /// out_of_space.
    Task<Result<NewToken>> make_token(store::TokenKind kind, std::string name, std::optional<store::Project> project);

    /// It does not count any more when this returns. Errors: not_found; out_of_space; the token still counts then.
    Task<Result<void>> revoke_token(std::int64_t number);

    /// The tokens for that project do not count any more. To be called when it was deleted, and their rows with it: the
    /// next project of its name is another one.
    void forget_project(std::int64_t number);

    std::vector<std::string> usernames() const;
    std::map<std::int64_t, store::ScopedToken> const& tokens() const { return tokens_; } ///< By their numbers.

    /// Ends the user's sessions. Errors: not_found if nobody has that name; the message tells who there is.
    /// invalid_argument if the password is too short. out_of_space.
    Task<Result<void>> set_password(std::string username, Secret password);

private:
    struct OpenSession {
        std::int64_t user;
        std::int64_t created_at_s;
        std::int64_t expires_at_s;
    };

    store::UserRow* find_user(std::string_view name);
    /// These return nullopt if the password was set anew meanwhile.
    Task<Result<std::optional<Session>>> try_login(Login login, std::chrono::seconds lifetime,
                                                   std::vector<std::string> former);
    Task<Result<std::optional<Session>>> begin_session(store::UserRow user, std::chrono::seconds lifetime,
                                                       std::vector<std::string> former);
    Task<Result<store::UserRow>> renew_hash(store::UserRow user, Secret password);
    std::optional<std::string> first_of_too_many(store::SessionRow const& next) const;

    store::AccountRepository& repository_;
    std::vector<store::UserRow> users_;
    std::unordered_map<std::string, OpenSession> sessions_; ///< By the hash of their secret.
    std::map<std::int64_t, store::ScopedToken> tokens_;
    std::unordered_map<std::string, std::int64_t> token_numbers_; ///< By the hash of the secret.
    LoginQueue queue_;
};

} // namespace learning_loop
