#include "learning_loop/store/account_repository.h"

#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_rows.h"

namespace learning_loop::store {
namespace {

Result<void> without_answer(std::int64_t)
{
    return {};
}

std::vector<ScopedToken> load_tokens(Database& database)
{
    std::vector<ScopedToken> tokens;
    for_each<TokenRow>(database, "ORDER BY number", {}, [&](TokenRow row) {
        auto project = row.project ? load_project(database, *row.project) : std::nullopt;
        bool const is_of_a_deleted_one = row.project && !project; // without it, it would be for every project
        if (!is_of_a_deleted_one) tokens.push_back({std::move(row), std::move(project)});
    });
    return tokens;
}

} // namespace

AccountRepository::All AccountRepository::load_at_start(std::int64_t now)
{
    All all;
    auto const load = [&](Database& database) {
        database.execute("DELETE FROM sessions WHERE expires <= $1", {now});
        all.users = find_rows<UserRow>(database, "ORDER BY number", {});
        all.sessions = find_rows<SessionRow>(database, "ORDER BY expires, hash", {});
        all.tokens = load_tokens(database);
    };
    lanes_.write_at_start(load).value();
    return all;
}

std::int64_t AccountRepository::add_user_at_start(UserRow user)
{
    std::int64_t number = 0;
    lanes_.write_at_start([&](Database& database) { number = insert_numbered(database, user); }).value();
    return number;
}

Task<Result<void>> AccountRepository::set_password(std::int64_t user, std::string hash)
{
    auto job = [user, hash = std::move(hash)](Database& database) -> Result<void> {
        database.execute("UPDATE users SET password = $1 WHERE number = $2", {hash, user});
        database.execute("DELETE FROM sessions WHERE user_number = $1", {user});
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<bool>> AccountRepository::renew_hash(std::int64_t user, std::string former, std::string hash)
{
    auto job = [user, former = std::move(former), hash = std::move(hash)](Database& database) -> Result<bool> {
        return database.execute("UPDATE users SET password = $1 WHERE number = $2 AND password = $3",
                                {hash, user, former}) > 0;
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<bool>> AccountRepository::begin_session(SessionRow session, std::string password,
                                                    std::vector<std::string> ended)
{
    auto job = [session = std::move(session), password = std::move(password),
                ended = std::move(ended)](Database& database) -> Result<bool> {
        auto const user = find_row<UserRow>(database, "WHERE number = $1", {session.user_number});
        if (!user || user->password != password) return false;
        database.execute("DELETE FROM sessions WHERE expires <= $1", {session.created});
        for (auto const& hash : ended) database.execute("DELETE FROM sessions WHERE hash = $1", {hash});
        insert(database, session);
        return true;
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> AccountRepository::end_session(std::string hash)
{
    auto job = [hash = std::move(hash)](Database& database) {
        return without_answer(database.execute("DELETE FROM sessions WHERE hash = $1", {hash}));
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<std::int64_t>> AccountRepository::add_token(TokenRow token)
{
    auto job = [token = std::move(token)](Database& database) -> Result<std::int64_t> {
        if (token.project && !has_project(database, *token.project)) return project_is_gone();
        return insert_numbered(database, token);
    };
    co_return co_await lanes_.write(std::move(job));
}

Task<Result<void>> AccountRepository::remove_token(std::int64_t number)
{
    auto job = [number](Database& database) {
        return without_answer(database.execute("DELETE FROM tokens WHERE number = $1", {number}));
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
