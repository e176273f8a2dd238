#include "learning_loop/store/account_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

struct AccountRepositoryTest : StoreTest {
    std::int64_t ann = accounts.add_user_at_start({0, "ann", "hash", "2024"});

    std::string password = "hash"; ///< Ann's.

    void begin(std::string const& hash, std::int64_t expires, std::vector<std::string> former = {})
    {
        EXPECT_TRUE(test::run(accounts.begin_session({hash, ann, 0, expires}, password, std::move(former))).value());
    }
    std::string sessions(std::int64_t now = 0)
    {
        std::string hashes;
        for (auto const& session : accounts.load_at_start(now).sessions) hashes += session.hash + " ";
        return hashes;
    }
};

TEST_F(AccountRepositoryTest, keeps_users_and_their_passwords)
{
    auto const bob = accounts.add_user_at_start({0, "bob", "hash of bob", "2024"});
    ASSERT_TRUE(test::run(accounts.set_password(bob, "another")));
    auto const users = accounts.load_at_start(0).users;
    ASSERT_EQ(users.size(), 2u);
    EXPECT_EQ(users[0].password, "hash");
    EXPECT_EQ(users[1].name, "bob");
    EXPECT_EQ(users[1].password, "another");
    EXPECT_THROW(accounts.add_user_at_start({0, "bob", "", ""}), DatabaseError);
}

TEST_F(AccountRepositoryTest, keeps_sessions_until_they_expire)
{
    begin("a", 100);
    begin("b", 200);
    EXPECT_EQ(sessions(), "a b ");
    EXPECT_EQ(sessions(100), "b ");
    EXPECT_EQ(sessions(0), "b "); // what had expired is gone
}

TEST_F(AccountRepositoryTest, ends_sessions_one_by_one_or_with_the_next_or_with_the_password)
{
    for (auto const* hash : {"a", "b", "c"}) begin(hash, 100);
    ASSERT_TRUE(test::run(accounts.end_session("a")));
    EXPECT_EQ(sessions(), "b c ");
    begin("d", 100, {"b", "unknown"});
    EXPECT_EQ(sessions(), "c d ");
    ASSERT_TRUE(test::run(accounts.set_password(ann, "another")));
    EXPECT_EQ(sessions(), "");
}

TEST_F(AccountRepositoryTest, begins_no_session_by_a_password_that_was_set_anew)
{
    ASSERT_TRUE(test::run(accounts.set_password(ann, "another")));
    EXPECT_FALSE(test::run(accounts.begin_session({"a", ann, 0, 100}, "hash", {})).value());
    EXPECT_EQ(sessions(), "");
    password = "another";
    begin("a", 100);
    EXPECT_EQ(sessions(), "a ");
}

TEST_F(AccountRepositoryTest, renews_the_hash_of_the_same_password_alone)
{
    begin("a", 100);
    EXPECT_TRUE(test::run(accounts.renew_hash(ann, "hash", "stronger")).value());
    EXPECT_EQ(sessions(), "a ");
    EXPECT_FALSE(test::run(accounts.renew_hash(ann, "hash", "late")).value());
    EXPECT_EQ(accounts.load_at_start(0).users.at(0).password, "stronger");
}

TEST_F(AccountRepositoryTest, forgets_what_has_expired_when_a_session_begins)
{
    begin("a", 100);
    EXPECT_TRUE(test::run(accounts.begin_session({"b", ann, 100, 200}, password, {})).value());
    EXPECT_EQ(sessions(), "b ");
}

TEST_F(AccountRepositoryTest, keeps_tokens_with_their_project_until_they_are_removed)
{
    TokenRow everywhere{0, "x", TokenKind::script, "backup", {}, "2024"};
    TokenRow scoped{0, "y", TokenKind::node, "cam1", project.number, "2024"};
    auto const first = test::run(accounts.add_token(everywhere)).value();
    auto const second = test::run(accounts.add_token(scoped)).value();
    auto const tokens = accounts.load_at_start(0).tokens;
    ASSERT_EQ(tokens.size(), 2u);
    EXPECT_EQ(tokens[0].token.number, first);
    EXPECT_EQ(tokens[0].token.kind, TokenKind::script);
    EXPECT_FALSE(tokens[0].project);
    EXPECT_EQ(tokens[1].token.number, second);
    EXPECT_EQ(tokens[1].project->organization + "/" + tokens[1].project->name, "demo/field");
    ASSERT_TRUE(test::run(accounts.remove_token(first)));
    EXPECT_EQ(accounts.load_at_start(0).tokens.size(), 1u);
}

} // namespace
} // namespace learning_loop::store
