#include "learning_loop/converter/converter_parts.h"

#include "integration/converter/converter_node.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/json/json.h"
#include "learning_loop/socketio/events.h"

namespace learning_loop {
namespace {

/// A whole node, asked through its routes, on the test's own io thread and without a port.
struct ConverterPartsTest : testing::Test {
    test::TempFolder folder;
    test::FakeModelLoop loop;
    std::unique_ptr<Runner> runner = std::make_unique<Runner>(http::ServerOptions());
    test::Io io{runner->executor()};
    NodeSettings settings;
    test::FakeConverter::Convert convert = &test::FakeConverter::copy;
    std::unique_ptr<ConverterParts> parts;
    TaskGroup tasks{runner->executor()};

    ~ConverterPartsTest() override
    {
        tasks.cancel();
        io.run(parts->disconnect());
        EXPECT_TRUE(io.run(parts->finish()));
        io.run(tasks.join());
    }
    void start()
    {
        settings.name = "a converter";
        settings.data_folder = folder.path();
        settings.loop_host = loop.url();
        auto converter =
            std::make_unique<test::FakeConverter>([this](auto& conversion) { return convert(conversion); });
        parts = std::make_unique<ConverterParts>(*runner, std::move(converter), settings);
        parts->start(tasks);
    }
    void add_model(int number)
    {
        loop.add("zauberzeug/demo", {test::model_id(number), std::to_string(number) + ".0", {"format_a"}},
                 test::ConverterNode::zip_of("hello"));
    }
    bool ends(std::size_t count)
    {
        return io.run_until([&] { return parts->conversions.ended().size() == count; });
    }
    /// Status and body of the answer to an operator.
    std::pair<int, std::string> ask(std::string const& method, std::string const& path, http::Request request = {})
    {
        auto const* const route = runner->router().match(method, path)->route;
        EXPECT_NE(route, nullptr) << path;
        auto const response = io.run(http::Router::answer_to(*route, std::move(request)));
        return {response.status, std::get<std::string>(response.body)};
    }
    boost::json::object status()
    {
        return parse_json(ask("GET", "/live").second, "status").value().at("status").as_object();
    }
};

TEST_F(ConverterPartsTest, convert_when_the_loop_tells_of_models)
{
    start();
    ASSERT_TRUE(io.run_until([&] { return loop.with([](auto& state) { return state.projects_asked == 1; }); }));
    add_model(1);
    auto arguments = parse_json(R"(["zauberzeug","demo"])", "arguments").value().as_array();
    auto told = parts->connection.events().answer_to("models_changed", std::make_shared<socketio::Peer>(),
                                                     {std::move(arguments), {}});
    EXPECT_TRUE(io.run(std::move(told)));
    EXPECT_TRUE(ends(1));
}

TEST_F(ConverterPartsTest, tell_people_what_they_do_and_what_has_failed)
{
    add_model(1);
    add_model(2);
    convert = [](Conversion& conversion) -> test::FakeConverter::Result {
        if (conversion.model.version == "1.0") return test::FakeConverter::copy(conversion);
        return Error{Errc::invalid_argument, "layer 7 is unknown"};
    };
    start();
    ASSERT_TRUE(ends(2));
    auto const told = status();
    EXPECT_EQ(told.at("kind").as_string(), "converter");
    EXPECT_EQ(to_text(told.at("facts")), R"([{"label":"Source format","value":"format_a"},)"
                                         R"({"label":"Target format","value":"format_b"},)"
                                         R"({"label":"Converted since the start","value":"1"},)"
                                         R"({"label":"Models that wait","value":"0"},)"
                                         R"({"label":"Failed models","value":"1"}])");
    EXPECT_EQ(told.at("errors").at("model 2.0 of zauberzeug/demo").as_string(), "layer 7 is unknown");
    std::map<std::string, std::string> outcomes;
    for (auto const& result : told.at("results").as_array())
        outcomes[result.at("what").as_string().c_str()] = result.at("outcome").as_string();
    EXPECT_EQ(outcomes["model 1.0 of zauberzeug/demo"], "converted");
    EXPECT_EQ(outcomes["model 2.0 of zauberzeug/demo"], "failed: layer 7 is unknown");
    EXPECT_EQ(told.at("actions").at(0).at("path").as_string(), "/retry");
}

TEST_F(ConverterPartsTest, try_failed_models_again_when_their_operator_wants_it)
{
    add_model(1);
    convert = [](Conversion&) -> test::FakeConverter::Result { return Error{Errc::invalid_argument, "x"}; };
    start();
    ASSERT_TRUE(ends(1));
    http::Request unknown;
    unknown.query = {{"model", "unknown"}};
    EXPECT_EQ(ask("POST", "/retry", std::move(unknown)).first, 404);
    convert = &test::FakeConverter::copy;
    EXPECT_EQ(ask("POST", "/retry"), (std::pair<int, std::string>{200, R"({"models":1})"}));
    ASSERT_TRUE(ends(2));
    EXPECT_TRUE(status().at("actions").as_array().empty());
    EXPECT_EQ(ask("POST", "/retry").second, R"({"models":0})");
    EXPECT_EQ(runner->router().match("POST", "/retry")->route->access, http::Access::operators);
}

TEST_F(ConverterPartsTest, leave_the_loop_alone_when_they_are_muted)
{
    settings.skip_repeat_on_start = true;
    add_model(1);
    start();
    EXPECT_EQ(status().at("link").at("word").as_string(), "muted");
    EXPECT_EQ(loop.with([](auto& state) { return state.projects_asked; }), 0);
    http::Request on;
    on.body = "on";
    EXPECT_EQ(ask("PUT", "/socketio", std::move(on)).second, "\"on\"");
    EXPECT_TRUE(ends(1));
    EXPECT_EQ(runner->router().match("PUT", "/socketio")->route->access, http::Access::operators);
}

} // namespace
} // namespace learning_loop
