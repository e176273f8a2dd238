#include "learning_loop/node/loop_client.h"

#include "support/fake_loop.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

constexpr auto* model_id = "0f6c1b5e-0000-4000-8000-000000000001";
using Texts = std::vector<std::string>;

struct LoopClientTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    test::FakeLoop loop;
    NodeSettings settings;

    LoopClientTest() { settings.loop_host = loop.url(); }
    LoopClient& client()
    {
        if (!session_) session_.emplace(io.executor(), settings);
        if (!client_) client_.emplace(*session_, Context{"zauberzeug", "demo"});
        return *client_;
    }
    Result<DeploymentTarget> target() { return io.run(client().fetch_deployment_target()); }
    void set_target(std::string const& text)
    {
        loop.with([&](auto& state) { state.target = text; });
    }
    Texts logins()
    {
        return loop.with([](auto& state) { return state.logins; });
    }

private:
    std::optional<LoopSession> session_;
    std::optional<LoopClient> client_;
};

TEST_F(LoopClientTest, asks_for_the_target)
{
    set_target(R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3","more":1})");
    EXPECT_EQ(target().value().model_uuid, model_id);
    EXPECT_EQ(target()->version, "1.3");
    EXPECT_TRUE(logins().empty());
}

TEST_F(LoopClientTest, takes_a_project_without_target_for_that)
{
    EXPECT_EQ(target().error().code, Errc::not_found);
}

TEST_F(LoopClientTest, refuses_a_target_that_could_lead_astray)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"../1"})",
         "the version '../1' is not digits and dots"},
        {R"({"model_uuid":"../../x","version":"1"})", "model_uuid is no UUID"},
        {R"({"version":"1"})", "deployment target.model_uuid: is missing"},
        {"<html>", "deployment target: is not valid JSON"}};
    for (auto const& [text, message] : table) {
        set_target(text);
        auto const refused = target();
        ASSERT_FALSE(refused) << text;
        EXPECT_NE(refused.error().message.find(message), std::string::npos) << refused.error().message;
    }
}

TEST_F(LoopClientTest, tries_the_empty_login_once_it_is_refused)
{
    loop.with([](auto& state) { state.needs_login = true; });
    set_target(R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3"})");
    EXPECT_EQ(target().value().version, "1.3");
    EXPECT_EQ(logins(), Texts{"username=&password="});
    EXPECT_EQ(target().value().version, "1.3");
    EXPECT_EQ(logins().size(), 1u); // the session is kept
}

TEST_F(LoopClientTest, logs_in_first_when_it_has_a_login)
{
    settings.username = "a&b";
    settings.password = Secret("p w");
    set_target(R"({"model_uuid":"0f6c1b5e-0000-4000-8000-000000000001","version":"1.3"})");
    EXPECT_TRUE(target());
    EXPECT_EQ(logins(), Texts{"username=a%26b&password=p%20w"});
}

TEST_F(LoopClientTest, names_the_variables_when_its_login_is_refused)
{
    settings.username = "u";
    settings.password = Secret("secret");
    loop.with([](auto& state) { state.login_status = 401; });
    auto const refused = target();
    EXPECT_EQ(refused.error().code, Errc::unauthorized);
    EXPECT_EQ(refused.error().message, "the Loop refuses the login (401): check LOOP_USERNAME and LOOP_PASSWORD");
}

TEST_F(LoopClientTest, lists_models_and_skips_those_without_a_version)
{
    loop.with([](auto& state) {
        state.models = R"({"models":[{"id":"a","version":"1.3","formats":[]},{"id":"b","version":null},{"id":"c"},{)"
                       R"("id":"d","version":"1.4"}]})";
    });
    auto const models = io.run(client().fetch_models());
    ASSERT_EQ(models.value().size(), 2u);
    EXPECT_EQ(models->at(0).id, "a");
    EXPECT_EQ(models->at(1).version, "1.4");
}

TEST_F(LoopClientTest, lists_models_of_a_format_and_skips_what_a_loop_tells_oddly)
{
    loop.with([](auto& state) {
        state.models = R"({"models":[null,7,{"id":"../../x","version":"1","formats":["a"]},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000001","version":"../1","formats":["a"]},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000002","version":"1","formats":"a"},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000003","version":"1","formats":["a"],"created":7},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000004","version":null,"formats":["a"]},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000005","version":"1","formats":["b"]},)"
                       R"({"id":"0f6c1b5e-0000-4000-8000-000000000006","version":"1.3","formats":["b","a"],"new":1}]})";
    });
    auto const models = io.run(client().fetch_models_in("a"));
    ASSERT_EQ(models.value().size(), 1u);
    EXPECT_EQ(models->at(0).version, "1.3");
    EXPECT_EQ(models->at(0).formats, (Texts{"b", "a"}));
    loop.with([](auto& state) { state.models = R"({"models":7})"; });
    EXPECT_EQ(io.run(client().fetch_models_in("a")).error().code, Errc::invalid_argument);
}

TEST_F(LoopClientTest, downloads_a_model)
{
    loop.with([](auto& state) { state.zips[std::string(model_id) + "/onnx"] = "the zip"; });
    EXPECT_TRUE(io.run(client().download_model(model_id, "onnx", folder / "model.zip")));
    EXPECT_EQ(test::bytes_of(folder / "model.zip"), "the zip");
    EXPECT_EQ(io.run(client().download_model(model_id, "other", folder / "model.zip")).error().code, Errc::not_found);
}

TEST_F(LoopClientTest, reports_how_it_fares)
{
    DetectorStatus status;
    status.uuid = "u";
    status.errors = {{"update_model", "x"}};
    EXPECT_TRUE(io.run(client().report(status)));
    auto const reports = loop.with([](auto& state) { return state.reports; });
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_EQ(reports[0].errors, status.errors);
    loop.with([](auto& state) { state.status_of_reports = 500; });
    EXPECT_EQ(io.run(client().report(status)).error().message, "status report: the Loop answers 500 null");
}

TEST_F(LoopClientTest, says_that_the_loop_is_away)
{
    test::ClosedPort const port;
    settings.loop_host = "http://127.0.0.1:" + std::to_string(port.number());
    EXPECT_EQ(target().error().code, Errc::unavailable);
    EXPECT_EQ(io.run(client().fetch_models()).error().code, Errc::unavailable);
    EXPECT_EQ(io.run(client().report({})).error().code, Errc::unavailable);
}

} // namespace
} // namespace learning_loop
