#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/store/project.h"
#include "learning_loop/store/tables.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::store {

class DatabaseLanes;

/// A token and the project that it is for.
struct ScopedToken {
    TokenRow token;
    std::optional<Project> project; ///< Absent: every project.
};

/// Users, the sessions that they began and the tokens of nodes and scripts.
class AccountRepository {
public:
    explicit AccountRepository(DatabaseLanes& lanes) : lanes_(lanes) {}

    struct All {
        std::vector<UserRow> users;
        std::vector<SessionRow> sessions;
        std::vector<ScopedToken> tokens;
    };
    /// What has not expired at `now`, in seconds since 1970; the rest is forgotten. Blocks; nobody may use the lanes
    /// yet. Throws DatabaseError.
    All load_at_start(std::int64_t now);

    /// Blocks, as load_at_start does. Returns the user's number.
    std::int64_t add_user_at_start(UserRow user);

    /// Ends the user's sessions, too.
    Task<Result<void>> set_password(std::int64_t user, std::string hash);

    /// Puts another hash of the same password in the place of `former`. Returns false, and changes nothing, if the
    /// password was set anew meanwhile.
    Task<Result<bool>> renew_hash(std::int64_t user, std::string former, std::string hash);

    /// `ended`: the hashes of sessions that end when this one begins, beside those that have expired then. Returns
    /// false, and changes nothing, if the user's password hash is not `password` any more.
    Task<Result<bool>> begin_session(SessionRow session, std::string password, std::vector<std::string> ended);
    Task<Result<void>> end_session(std::string hash);

    /// Returns its number. Errors: not_found if its project was deleted meanwhile.
    Task<Result<std::int64_t>> add_token(TokenRow token);
    Task<Result<void>> remove_token(std::int64_t number);

private:
    DatabaseLanes& lanes_;
};

} // namespace learning_loop::store
