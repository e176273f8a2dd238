#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/loop_projects.h"

#include "support/fake_model_loop.h"
#include "support/raw_connection.h"
#include "support/run.h"
#include "support/scripted_server.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Outcome = ModelUpload::Outcome;

struct ModelsInFormatsTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    NodeSettings settings;

    Result<std::vector<Context>> projects(std::string const& url)
    {
        settings.loop_host = url;
        LoopSession session(io.executor(), settings);
        return io.run(fetch_projects(session));
    }
    Result<ModelUpload> upload(std::string const& url, std::filesystem::path const& file)
    {
        settings.loop_host = url;
        LoopSession session(io.executor(), settings);
        LoopClient client(session, {"zauberzeug", "demo"});
        std::vector<http::FormPart> parts{{"files", "b.bin", "application/octet-stream", file},
                                          {"files", "model.json", "application/json", std::string("{}")}};
        return io.run(client.upload_model("0f6c1b5e-0000-4000-8000-000000000001", "format_b", std::move(parts)));
    }
    static test::Act answer(int status, std::string const& body) { return {test::http_answer(status, body)}; }
};

TEST_F(ModelsInFormatsTest, of_all_projects_those_are_asked_for_whose_ids_are_some)
{
    test::ScriptedServer const loop(
        {answer(200, R"({"projects":[{"organization_id":"o","project_id":"p","resource":"/o/projects/p"},null,7,)"
                     R"({"organization_id":"..","project_id":"p"},{"organization_id":"o","project_id":"a/b"},)"
                     R"({"organization_id":"o"},{"organization_id":"o","project_id":7},)"
                     R"({"organization_id":"o2","project_id":"p.2","more":[]}],"more":1})")});
    EXPECT_EQ(projects(loop.url()).value(), (std::vector<Context>{{"o", "p"}, {"o2", "p.2"}}));
}

TEST_F(ModelsInFormatsTest, tell_what_is_wrong_with_the_list_of_projects)
{
    for (auto const* text : {"", "[]", "{}x", R"({"projects":7})", "<html>"}) {
        test::ScriptedServer const loop({answer(200, text)});
        EXPECT_EQ(projects(loop.url()).error().code, Errc::invalid_argument) << text;
    }
    test::ScriptedServer const busy({answer(503, "later")});
    EXPECT_EQ(projects(busy.url()).error().message, "projects: the Loop answers 503 later");
    test::ClosedPort const port;
    EXPECT_EQ(projects("http://127.0.0.1:" + std::to_string(port.number())).error().code, Errc::unavailable);
}

TEST_F(ModelsInFormatsTest, are_uploaded_once)
{
    test::FakeModelLoop loop;
    loop.with([](auto& state) {
        state.projects["zauberzeug/demo"] = {{"0f6c1b5e-0000-4000-8000-000000000001", "1.0", {"format_a"}}};
    });
    test::put(folder / "made", "bytes");
    EXPECT_EQ(upload(loop.url(), folder / "made").value().outcome, Outcome::stored);
    auto files = loop.files_of("0f6c1b5e-0000-4000-8000-000000000001/format_b");
    EXPECT_EQ(files["b.bin"] + files["model.json"], "bytes{}");
    EXPECT_EQ(upload(loop.url(), folder / "made").value().outcome, Outcome::there_already);
}

TEST_F(ModelsInFormatsTest, are_uploaded_again_later_whatever_else_the_loop_does)
{
    test::put(folder / "made", "bytes");
    using Then = test::Act::Then;
    std::vector<test::Act> const table{
        {"", Then::closes},        {"", Then::resets},
        {"no HTTP", Then::closes}, {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", Then::closes},
        answer(500, "x"),          answer(201, "x")};
    for (auto const& act : table) {
        test::ScriptedServer const loop({act});
        EXPECT_EQ(upload(loop.url(), folder / "made").error().code, Errc::unavailable) << act.says;
    }
    test::FakeModelLoop loop;
    EXPECT_EQ(upload(loop.url(), folder / "gone").error().code, Errc::not_found);
}

} // namespace
} // namespace learning_loop
