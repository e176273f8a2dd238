#include "learning_loop/server/admin/admin_desk.h"

#include "learning_loop/server/accounts/accounts.h"
#include "unit/server/server_fixture.h"

#include "support/run.h"

namespace learning_loop {
namespace {

struct AdminDeskTest : ServerTest {
    AdminDesk desk{accounts(), projects(), "https://farm.example/loop"};

    Result<AdminAnswer> ask_desk(AdminRequest request)
    {
        return test::Io(executor()).run(desk.answer(std::move(request)));
    }

    static AdminRequest token_for(std::optional<std::string> node, std::optional<std::string> script,
                                  std::optional<std::string> project = {})
    {
        AdminRequest request;
        request.command = AdminCommand::create_token;
        request.node = std::move(node);
        request.script = std::move(script);
        request.project = std::move(project);
        return request;
    }

    void expect_refused(AdminRequest request, std::string const& text)
    {
        auto const answer = ask_desk(std::move(request));
        ASSERT_FALSE(answer) << text;
        EXPECT_NE(answer.error().message.find(text), std::string::npos) << answer.error().message;
    }
};

TEST_F(AdminDeskTest, makes_lists_and_revokes_tokens)
{
    empty_project();
    auto const node = ask_desk(token_for("cam1", {}, "demo/field")).value();
    EXPECT_EQ(node.loop_url, "https://farm.example/loop");
    EXPECT_EQ(accounts().find_token(*node.secret)->only->project, "field");
    auto const script = ask_desk(token_for({}, "backup")).value();
    EXPECT_EQ(accounts().find_token(*script.secret)->kind, http::Caller::Kind::script);
    auto const list = ask_desk({}).value().tokens;
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].kind + " " + list[0].name + " " + list[0].project, "node cam1 demo/field");
    EXPECT_EQ(list[1].kind + " " + list[1].name + " " + list[1].project, "script backup ");
    AdminRequest revoke;
    revoke.command = AdminCommand::revoke_token;
    revoke.number = list[0].number;
    EXPECT_TRUE(ask_desk(revoke));
    EXPECT_FALSE(accounts().find_token(*node.secret));
    expect_refused(revoke, "`learning-loop token list` shows those there are");
}

TEST_F(AdminDeskTest, refuses_a_token_that_is_for_nobody_or_nothing)
{
    expect_refused(token_for({}, {}), "Give --node NAME or --script NAME");
    expect_refused(token_for("a", "b"), "Give --node NAME or --script NAME");
    expect_refused(token_for("cam 1", {}), "'cam 1' is no name");
    expect_refused(token_for("", {}), "is no name");
    expect_refused(token_for("cam1", {}, "field"),
                   "--project: 'field' is no project: write it as ORGANIZATION/PROJECT");
    expect_refused(token_for("cam1", {}, "demo/field"), "the organization 'demo' has no project 'field'");
    EXPECT_EQ(accounts().tokens().size(), 0u);
}

TEST_F(AdminDeskTest, sets_passwords)
{
    AdminRequest request;
    request.command = AdminCommand::set_password;
    request.user = "admin";
    auto const drawn = ask_desk(request).value();
    ASSERT_TRUE(drawn.secret);
    request.password = "given-by-me";
    EXPECT_FALSE(ask_desk(request).value().secret);
    request.password = "short";
    expect_refused(request, "the password is too short: take 8 characters or more");
    request.user = "bob";
    request.password.reset();
    expect_refused(request, "there is no account 'bob': there are admin");
    AdminRequest list;
    list.command = AdminCommand::list_users;
    EXPECT_EQ(ask_desk(list).value().users, std::vector<std::string>{"admin"});
}

} // namespace
} // namespace learning_loop
