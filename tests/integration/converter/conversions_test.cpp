#include "learning_loop/converter/conversions.h"

#include "integration/converter/converter_node.h"

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using Kind = ConversionOutcome::Kind;
using Texts = std::vector<std::string>;

struct ConversionsTest : test::ConverterNode {
    int projects_asked()
    {
        return loop.with([](auto& state) { return state.projects_asked; });
    }
    std::atomic<bool> muted = false; ///< A conversion has begun that waits until this is false again.

    bool lists_again()
    {
        auto const before = projects_asked();
        return waits_until([&] { return projects_asked() > before; });
    }
    /// In which what must not happen may happen.
    void let_pass(std::chrono::milliseconds time)
    {
        auto const end = std::chrono::steady_clock::now() + time;
        EXPECT_TRUE(waits_until([&] { return std::chrono::steady_clock::now() > end; }));
    }
    void fail(std::string const& why)
    {
        convert = [why](Conversion&) -> test::FakeConverter::Result { return Error{Errc::invalid_argument, why}; };
    }
};

TEST_F(ConversionsTest, convert_what_all_projects_have_the_newest_first)
{
    add_model(1);
    add_model(3, zip_of("x"), "other/field");
    add_model(2);
    start();
    ASSERT_TRUE(ends(3));
    EXPECT_EQ(loop.uploads(), (Texts{name_of_upload(3), name_of_upload(2), name_of_upload(1)}));
    EXPECT_EQ(node->conversions.count(Kind::converted), 3u);
}

TEST_F(ConversionsTest, leave_models_alone_that_have_the_format_or_not_the_source_or_are_odd)
{
    loop.with([](auto& state) {
        state.projects[demo] = {{test::model_id(1), "1.0", {"format_a", "format_b"}},
                                {test::model_id(2), "2.0", {"other"}},
                                {"../../x", "3.0", {"format_a"}},
                                {test::model_id(4), "", {"format_a"}},
                                {test::model_id(5), "../5", {"format_a"}}};
        state.odd_models = R"(7,null,{"id":7},{"id":"x","version":null,"formats":["format_a"]},)"
                           R"({"id":"0f6c1b5e-0000-4000-8000-000000000009","version":"9","formats":"format_a"})";
    });
    add_model(6);
    start();
    ASSERT_TRUE(ends());
    ASSERT_TRUE((node->conversions.wake(), lists_again()));
    EXPECT_EQ(loop.uploads(), Texts{name_of_upload(6)});
    EXPECT_EQ(loop.with([](auto& state) { return state.downloads; }), 1);
}

TEST_F(ConversionsTest, look_again_when_they_are_woken)
{
    start();
    ASSERT_TRUE(waits_until([&] { return projects_asked() == 1; }));
    add_model(1);
    node->conversions.wake();
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ConversionsTest, look_once_more_when_they_are_woken_while_they_look)
{
    start();
    ASSERT_TRUE(waits_until([&] {
        node->conversions.wake();
        return projects_asked() == 1;
    }));
    ASSERT_TRUE(waits_until([&] { return projects_asked() == 2; }));
    let_pass(100ms);
    EXPECT_EQ(projects_asked(), 2);
}

TEST_F(ConversionsTest, get_on_also_if_they_are_woken_without_end)
{
    for (int i = 1; i <= 3; ++i) add_model(i);
    start();
    EXPECT_TRUE(waits_until([&] {
        node->conversions.wake();
        return has_taken(1) && has_taken(2) && has_taken(3);
    }));
}

TEST_F(ConversionsTest, look_again_every_cycle)
{
    options.cycle = 5ms;
    start();
    ASSERT_TRUE(waits_until([&] { return projects_asked() > 2; }));
    add_model(1);
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ConversionsTest, take_a_newer_model_that_came_meanwhile_before_the_others)
{
    for (int i = 1; i <= 3; ++i) add_model(i);
    convert = [this](Conversion& conversion) {
        if (conversions_begun == 1) add_model(4);
        return test::FakeConverter::copy(conversion);
    };
    start();
    ASSERT_TRUE(waits_until([&] { return conversions_begun == 1; }));
    node->conversions.wake(); // as the Loop does then
    ASSERT_TRUE(ends(4));
    EXPECT_EQ(loop.uploads().at(1), name_of_upload(4));
}

TEST_F(ConversionsTest, do_not_convert_what_another_converter_has_converted_meanwhile)
{
    for (int i = 1; i <= 3; ++i) add_model(i);
    convert = [this](Conversion& conversion) {
        loop.with([](auto& state) { state.projects[demo][1].formats.emplace_back("format_b"); });
        return test::FakeConverter::copy(conversion);
    };
    start();
    ASSERT_TRUE(ends(2));
    EXPECT_EQ(loop.uploads(), (Texts{name_of_upload(3), name_of_upload(1)}));
}

TEST_F(ConversionsTest, try_no_failed_model_again_also_after_a_restart)
{
    add_model(1);
    fail("layer 7 is unknown");
    start();
    ASSERT_TRUE(ends());
    stop();
    start();
    ASSERT_TRUE(lists_again());
    node->conversions.wake();
    ASSERT_TRUE(lists_again());
    EXPECT_EQ(conversions_begun, 1);
    EXPECT_EQ(node->conversions.failed().at(0).reason, "layer 7 is unknown");
}

TEST_F(ConversionsTest, try_a_failed_model_again_when_the_converter_or_the_model_has_changed)
{
    add_model(1);
    fail("layer 7 is unknown");
    start();
    ASSERT_TRUE(ends());
    stop();
    options.node_version = "v2";
    start();
    ASSERT_TRUE(ends());
    loop.with([](auto& state) { state.projects[demo][0].created = "2025-01-01T00:00:00"; });
    convert = &test::FakeConverter::copy;
    node->conversions.wake();
    ASSERT_TRUE(waits_until([&] { return has_taken(1); }));
    ASSERT_TRUE(waits_until([&] { return node->conversions.failed().empty(); }));
}

TEST_F(ConversionsTest, try_failed_models_again_when_somebody_wants_it)
{
    add_model(1);
    add_model(2);
    fail("the licence has expired");
    start();
    ASSERT_TRUE(ends(2));
    convert = &test::FakeConverter::copy;
    EXPECT_EQ(io.run(node->conversions.try_again(test::model_id(2))).value(), 1u);
    ASSERT_TRUE(waits_until([&] { return has_taken(2); }));
    EXPECT_FALSE(has_taken(1));
    EXPECT_EQ(io.run(node->conversions.try_again(test::model_id(2))).error().code, Errc::not_found);
    EXPECT_EQ(io.run(node->conversions.try_again(std::nullopt)).value(), 1u);
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ConversionsTest, forget_a_failed_model_that_its_project_has_no_more)
{
    add_model(1);
    add_model(2, zip_of("x"), "other/field");
    fail("x");
    start();
    ASSERT_TRUE(ends(2));
    loop.with([](auto& state) {
        state.projects[demo].clear();
        state.statuses_of_models["other/field"] = 500; // nobody knows what it has
    });
    node->conversions.wake();
    ASSERT_TRUE(waits_until([&] { return node->conversions.failed().size() == 1; }));
    EXPECT_EQ(node->conversions.failed()[0].project, "field");
    EXPECT_NE(problem("models").find("other/field: models: the Loop answers 500"), std::string::npos);
    loop.with([](auto& state) { state.projects.erase("other/field"); });
    for (int i = 0; i < 2; ++i) ASSERT_TRUE((node->conversions.wake(), lists_again()));
    EXPECT_EQ(problem("models"), "");
    EXPECT_EQ(node->conversions.failed().size(), 1u); // the project may be hidden today only
}

TEST_F(ConversionsTest, go_on_with_other_projects_if_one_cannot_be_asked)
{
    add_model(1, zip_of("x"), "broken/field");
    add_model(2, zip_of("x"), "broken/second");
    add_model(3);
    loop.with([](auto& state) { state.statuses_of_models = {{"broken/field", 500}, {"broken/second", 403}}; });
    start();
    ASSERT_TRUE(waits_until([&] { return has_taken(3); }));
    EXPECT_EQ(problem("models"), R"(broken/field: models: the Loop answers 500 {"models":[{"id":")" +
                                     test::model_id(1) +
                                     R"(","version":"1.0","formats":["format_a"],"created":"2024-01-31T12:00:00.1"}]})"
                                     "; 1 more projects cannot be asked, either");
}

TEST_F(ConversionsTest, wait_for_a_loop_that_is_away_and_tell_it)
{
    loop.with([](auto& state) { state.status_of_projects = 503; });
    start();
    ASSERT_TRUE(waits_until([&] { return problem("projects").find("the Loop answers 503") != std::string::npos; }));
    ASSERT_TRUE(waits_until([&] { return projects_asked() > 3; }));
    add_model(1);
    loop.with([](auto& state) { state.status_of_projects = 200; });
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
    EXPECT_EQ(problem("projects"), "");
}

TEST_F(ConversionsTest, tell_the_remedy_if_the_node_has_no_login)
{
    options.has_login = false;
    loop.with([](auto& state) { state.status_of_projects = 401; });
    start();
    ASSERT_TRUE(waits_until([&] { return !problem("projects").empty(); }));
    EXPECT_TRUE(problem("projects").starts_with("the node has no login: set LOOP_TOKEN, which")) << problem("projects");
}

TEST_F(ConversionsTest, begin_nothing_while_they_are_muted)
{
    options.is_muted = true;
    options.cycle = 1ms;
    add_model(1);
    start();
    let_pass(100ms);
    EXPECT_EQ(projects_asked(), 0);
    node->conversions.set_muted(false);
    ASSERT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ConversionsTest, finish_the_model_at_hand_when_they_are_muted)
{
    add_model(1);
    add_model(2);
    convert = [this](Conversion& conversion) {
        muted = true;
        while (muted) std::this_thread::sleep_for(1ms);
        return test::FakeConverter::copy(conversion);
    };
    start();
    ASSERT_TRUE(waits_until([&] { return muted.load(); }));
    node->conversions.set_muted(true);
    muted = false;
    ASSERT_TRUE(ends());
    EXPECT_EQ(loop.uploads(), Texts{name_of_upload(2)});
    convert = &test::FakeConverter::copy;
    node->conversions.set_muted(false);
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ConversionsTest, remember_the_last_twenty_for_people)
{
    for (int i = 0; i < 3; ++i) {
        for (int number = 0; number < 9; ++number) add_model(number, zip_of("x"), "org/p" + std::to_string(i));
    }
    start();
    ASSERT_TRUE(waits_until(
        [&] { return node->conversions.count(Kind::converted) + node->conversions.count(Kind::there_already) == 27; }));
    EXPECT_EQ(node->conversions.ended().size(), Conversions::max_ended);
    EXPECT_EQ(node->conversions.waiting(), 0u);
}

} // namespace
} // namespace learning_loop
