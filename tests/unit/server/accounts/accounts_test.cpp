#include "learning_loop/server/accounts/accounts.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/server/accounts/password.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/connection.h"
#include "learning_loop/store/sqlite/open_sqlite.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct AccountsTest : testing::Test {
    test::TempFolder folder;
    test::Io io;
    std::unique_ptr<store::DatabaseLanes> lanes = open();
    std::unique_ptr<store::AccountRepository> rows = std::make_unique<store::AccountRepository>(*lanes);
    std::unique_ptr<Accounts> accounts = std::make_unique<Accounts>(io.executor(), *rows);

    std::unique_ptr<store::DatabaseLanes> open()
    {
        return std::make_unique<store::DatabaseLanes>(store::sqlite::open_sqlite(folder / "loop.db"));
    }

    void restart()
    {
        accounts.reset();
        rows.reset();
        lanes = open();
        rows = std::make_unique<store::AccountRepository>(*lanes);
        accounts = std::make_unique<Accounts>(io.executor(), *rows);
    }

    Result<Session> log_in(std::string const& name, std::string const& password,
                           std::chrono::seconds lifetime = std::chrono::hours(1), std::vector<std::string> former = {})
    {
        Login login{name, Secret(password), "10.0.0.1"};
        return io.run(accounts->log_in(login, lifetime, std::move(former)));
    }

    static Task<> keep(Task<Result<Session>> task, std::optional<Result<Session>>& into)
    {
        into.emplace(co_await std::move(task));
    }

    std::int64_t rows_of_admin() { return rows->load_at_start(0).users.at(0).number; }

    bool knows(Session const& session) const { return accounts->find_session(session.secret.reveal()).has_value(); }

    std::string text_of_database()
    {
        lanes->write_at_start([](store::Database& database) { database.query_one("SELECT 1", {}); }).value();
        return test::bytes_of(folder / "loop.db") + test::bytes_of(folder / "loop.db-wal");
    }
};

TEST_F(AccountsTest, draw_a_password_for_the_first_account_once)
{
    auto const drawn = accounts->make_first({"admin", {}});
    ASSERT_TRUE(drawn);
    EXPECT_TRUE(log_in("admin", drawn->reveal()));
    EXPECT_FALSE(accounts->make_first({"admin", {}}));
    restart();
    EXPECT_FALSE(accounts->make_first({"other", {}}));
    EXPECT_EQ(accounts->usernames(), std::vector<std::string>{"admin"});
    EXPECT_TRUE(log_in("admin", drawn->reveal()));
}

TEST_F(AccountsTest, take_the_password_that_is_given)
{
    EXPECT_FALSE(accounts->make_first({"ann", Secret("the-tests-own")}));
    auto const session = log_in("ann", "the-tests-own").value();
    auto const caller = accounts->find_session(session.secret.reveal()).value();
    EXPECT_EQ(caller.name, "ann");
    EXPECT_EQ(caller.may, http::Access::operators);
    EXPECT_EQ(log_in("ann", "the-tests-owm").error().code, Errc::unauthorized);
    EXPECT_EQ(log_in("bob", "the-tests-own").error().code, Errc::unauthorized);
    EXPECT_EQ(log_in("", "").error().code, Errc::unauthorized);
}

TEST_F(AccountsTest, remember_sessions_until_they_expire_or_end)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    auto const lasting = log_in("admin", "the-tests-own").value();
    auto const over = log_in("admin", "the-tests-own", std::chrono::seconds(0)).value();
    auto const ended = log_in("admin", "the-tests-own").value();
    EXPECT_TRUE(io.run(accounts->log_out(ended.secret.reveal())));
    EXPECT_TRUE(io.run(accounts->log_out("unknown")));
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(knows(lasting));
        EXPECT_FALSE(knows(over));
        EXPECT_FALSE(knows(ended));
        restart();
    }
}

TEST_F(AccountsTest, end_the_former_session_with_the_next_login)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    auto const former = log_in("admin", "the-tests-own").value();
    auto const next =
        log_in("admin", "the-tests-own", std::chrono::hours(1), {former.secret.reveal(), "unknown"}).value();
    EXPECT_FALSE(knows(former));
    restart();
    EXPECT_FALSE(knows(former));
    EXPECT_TRUE(knows(next));
}

TEST_F(AccountsTest, set_a_lost_password_anew_and_end_the_logins)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    auto const session = log_in("admin", "the-tests-own").value();
    EXPECT_EQ(io.run(accounts->set_password("admin", Secret("short"))).error().code, Errc::invalid_argument);
    EXPECT_TRUE(knows(session));
    ASSERT_TRUE(io.run(accounts->set_password("admin", Secret("another-one"))));
    EXPECT_FALSE(knows(session));
    EXPECT_FALSE(log_in("admin", "the-tests-own"));
    restart();
    EXPECT_TRUE(log_in("admin", "another-one"));
    auto const unknown = io.run(accounts->set_password("bob", Secret("another-one")));
    EXPECT_EQ(unknown.error().message, "there is no account 'bob': there are admin");
}

TEST_F(AccountsTest, know_tokens_until_they_are_revoked)
{
    auto const node = io.run(accounts->make_token(store::TokenKind::node, "cam1", {})).value();
    auto const script = io.run(accounts->make_token(store::TokenKind::script, "backup", {})).value();
    restart();
    auto const caller = accounts->find_token(node.secret.reveal()).value();
    EXPECT_EQ(caller.kind, http::Caller::Kind::node);
    EXPECT_EQ(caller.name, "cam1");
    EXPECT_EQ(caller.may, http::Access::nodes);
    EXPECT_EQ(accounts->find_token(script.secret.reveal())->may, http::Access::people);
    EXPECT_FALSE(accounts->find_session(node.secret.reveal())); // a token is no cookie
    ASSERT_TRUE(io.run(accounts->revoke_token(node.number)));
    EXPECT_FALSE(accounts->find_token(node.secret.reveal()));
    EXPECT_EQ(io.run(accounts->revoke_token(node.number)).error().code, Errc::not_found);
    restart();
    EXPECT_FALSE(accounts->find_token(node.secret.reveal()));
    EXPECT_EQ(accounts->tokens().size(), 1u);
}

TEST_F(AccountsTest, refuse_a_login_whose_password_was_set_anew_while_it_waited)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    std::optional<Result<Session>> thief;
    TaskGroup tasks(io.executor());
    tasks.spawn(
        "the thief",
        keep(accounts->log_in({"admin", Secret("the-tests-own"), "10.0.0.9"}, std::chrono::hours(1), {}), thief));
    ASSERT_TRUE(io.run(rows->set_password(rows_of_admin(), hash_password(Secret("another-one")))));
    EXPECT_TRUE(io.run_until([&] { return thief.has_value(); }));
    EXPECT_EQ(thief->error().code, Errc::unauthorized);
    EXPECT_EQ(rows->load_at_start(0).sessions.size(), 0u);
}

TEST_F(AccountsTest, keep_no_secret_but_only_its_hash)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    auto const session = log_in("admin", "the-tests-own").value();
    auto const token = io.run(accounts->make_token(store::TokenKind::node, "cam1", {})).value();
    auto const text = text_of_database();
    EXPECT_NE(text.find("cam1"), std::string::npos);
    for (auto const& secret : {std::string("the-tests-own"), session.secret.reveal(), token.secret.reveal(),
                               token.secret.reveal().substr(4)})
        EXPECT_EQ(text.find(secret), std::string::npos);
}

TEST_F(AccountsTest, hash_a_password_anew_when_its_hash_is_weak)
{
    accounts->make_first({"admin", Secret("the-tests-own")});
    // argon2id of `weak-password` with 8 MiB and one pass
    auto const weak =
        std::string("$argon2id$v=19$m=8192,t=1,p=1$JC8MRvtLkSpoUAFKCjiwRg$koM/H4n9aF1J68b8EOj38imedbiI4BthdB7eOttUJoU");
    lanes
        ->write_at_start([&](store::Database& database) { database.execute("UPDATE users SET password = $1", {weak}); })
        .value();
    restart();
    ASSERT_TRUE(log_in("admin", "weak-password"));
    auto const kept = rows->load_at_start(0).users.at(0).password;
    EXPECT_NE(kept, weak);
    EXPECT_FALSE(is_outdated(kept));
    restart();
    EXPECT_TRUE(log_in("admin", "weak-password"));
}

} // namespace
} // namespace learning_loop
