#include "learning_loop/converter/model_conversion.h"

#include "integration/converter/converter_node.h"
#include "learning_loop/json/json.h"

#include <latch>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using Kind = ConversionOutcome::Kind;
namespace fs = std::filesystem;

struct ModelConversionTest : test::ConverterNode {
    Kind outcome()
    {
        start();
        EXPECT_TRUE(ends());
        return last_outcome().kind;
    }
    std::string failure()
    {
        EXPECT_EQ(outcome(), Kind::failed);
        auto const failed = node->conversions.failed();
        return failed.empty() ? "" : failed.front().reason.value_or("");
    }
};

TEST_F(ModelConversionTest, brings_a_model_from_one_format_to_the_other_and_leaves_nothing_behind)
{
    add_model(1, zip_of("hello", R"({"categories":[{"id":"2","name":"z"},{"id":"1","name":"a"}],"mine":7})"));
    EXPECT_EQ(outcome(), Kind::converted);
    auto files = loop.files_of(name_of_upload(1));
    EXPECT_EQ(files["b.txt"], "converted hello");
    EXPECT_EQ(to_text(parse_json(files["model.json"], "model.json").value()),
              R"({"categories":[{"id":"2","name":"z"},{"id":"1","name":"a"}],"mine":7,"format":"format_b"})");
    EXPECT_EQ(files.size(), 2u);
    EXPECT_FALSE(fs::exists(folder / "conversion"));
    EXPECT_EQ(test::bytes_of(folder / "failed_models.json"), "{\"models\":[]}\n");
}

TEST_F(ModelConversionTest, takes_a_format_that_is_there_already_for_done)
{
    add_model(1);
    loop.with([](auto& state) { state.upload_statuses = {409}; });
    EXPECT_EQ(outcome(), Kind::there_already);
    EXPECT_TRUE(node->conversions.failed().empty());
}

TEST_F(ModelConversionTest, arrives_once_if_the_answer_to_the_upload_is_lost)
{
    add_model(1);
    loop.with([](auto& state) { state.loses_answers = true; });
    EXPECT_EQ(outcome(), Kind::there_already);
    EXPECT_EQ(loop.uploads().size(), 2u);
    EXPECT_EQ(conversions_begun, 1);
}

TEST_F(ModelConversionTest, uploads_again_what_the_loop_could_not_take_without_converting_again)
{
    add_model(1);
    loop.with([](auto& state) { state.upload_statuses = {500, 503, 429, 507, 401}; });
    EXPECT_EQ(outcome(), Kind::converted);
    EXPECT_EQ(loop.uploads().size(), 6u);
    EXPECT_EQ(conversions_begun, 1);
    EXPECT_EQ(problem("upload"), "");
}

TEST_F(ModelConversionTest, gives_up_an_upload_that_the_loop_does_not_take_for_long_and_comes_back_to_it)
{
    add_model(1);
    max_upload_time = 1ms;
    loop.with([](auto& state) { state.upload_statuses = std::vector<int>(2, 500); });
    start();
    ASSERT_TRUE(ends());
    EXPECT_EQ(last_outcome().kind, Kind::postponed);
    EXPECT_NE(last_outcome().reason.find("the Loop answers 500"), std::string::npos) << last_outcome().reason;
    ASSERT_TRUE(waits_until([&] { return has_taken(1); }));
    EXPECT_TRUE(node->conversions.failed().empty());
}

TEST_F(ModelConversionTest, does_not_insist_on_what_the_loop_does_not_allow)
{
    add_model(1);
    loop.with([](auto& state) { state.upload_statuses = {403}; });
    EXPECT_EQ(outcome(), Kind::not_allowed);
    EXPECT_TRUE(node->conversions.failed().empty());
    node->conversions.take_change({"zauberzeug", "demo"}); // the training that makes it has ended
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ModelConversionTest, remembers_a_model_that_the_loop_refuses_with_its_words)
{
    add_model(1);
    loop.with([](auto& state) { state.upload_statuses = {422}; });
    EXPECT_EQ(failure(), R"(model upload: the Loop answers 422 {"detail":"as the test wants it"})");
}

TEST_F(ModelConversionTest, remembers_a_model_that_the_converter_cannot_convert)
{
    add_model(1);
    convert = [](Conversion&) -> test::FakeConverter::Result {
        return Error{Errc::unprocessable, "layer 7 is unknown"};
    };
    EXPECT_EQ(failure(), "layer 7 is unknown");
    EXPECT_TRUE(loop.uploads().empty());
    EXPECT_FALSE(fs::exists(folder / "conversion"));
}

TEST_F(ModelConversionTest, remembers_a_model_whose_files_cannot_be_trusted_or_read)
{
    add_model(1, test::raw_zip({{"../../a.txt", "x"}}));
    EXPECT_NE(failure().find("../../a.txt"), std::string::npos);
    EXPECT_EQ(conversions_begun, 0);
    stop();
    add_model(2, "no zip");
    EXPECT_NE(failure().find("zip"), std::string::npos);
    stop();
    add_model(3, zip_of("x", R"({"categories":7})"));
    EXPECT_EQ(failure(), "model.json.categories: expected a list");
}

TEST_F(ModelConversionTest, comes_back_to_a_model_that_the_converter_could_not_convert_now)
{
    add_model(1);
    convert = [this](Conversion& conversion) -> test::FakeConverter::Result {
        if (conversions_begun == 1) return Error{Errc::unavailable, "the GPU is busy"};
        return test::FakeConverter::copy(conversion);
    };
    start();
    ASSERT_TRUE(waits_until([&] { return has_taken(1); }));
    EXPECT_TRUE(node->conversions.failed().empty());
}

TEST_F(ModelConversionTest, takes_a_model_that_is_gone_for_no_failure)
{
    add_model(1);
    convert = [this](Conversion& conversion) {
        loop.with([](auto& state) { state.projects[demo].clear(); });
        return test::FakeConverter::copy(conversion);
    };
    EXPECT_EQ(outcome(), Kind::gone);
    EXPECT_TRUE(node->conversions.failed().empty());
    EXPECT_TRUE(waits_until([&] { return problem("conversions").empty(); })); // the next list has it no more
}

TEST_F(ModelConversionTest, comes_back_to_a_model_whose_file_the_loop_does_not_find)
{
    add_model(1, "");
    start();
    ASSERT_TRUE(ends());
    EXPECT_EQ(last_outcome().kind, Kind::gone);
    ASSERT_TRUE(waits_until([&] { return problem("conversions").find("404") != std::string::npos; }));
    loop.with([](auto& state) { state.zips[test::model_id(1) + "/format_a"] = zip_of("repaired"); });
    EXPECT_TRUE(waits_until([&] { return has_taken(1); }));
}

TEST_F(ModelConversionTest, tells_what_it_does_now)
{
    add_model(1);
    std::latch shown{1};
    convert = [&](Conversion& conversion) {
        conversion.progress = 0.5;
        shown.wait();
        return test::FakeConverter::copy(conversion);
    };
    start();
    ASSERT_TRUE(waits_until([&] {
        auto const now = node->conversions.now();
        return now && now->step == ConversionStep::converting && now->progress == 0.5;
    }));
    EXPECT_EQ(name_of(node->conversions.now()->model), "1.0 of zauberzeug/demo");
    shown.count_down();
    ASSERT_TRUE(ends());
    EXPECT_FALSE(node->conversions.now());
}

TEST_F(ModelConversionTest, tells_the_converter_that_the_node_ends_and_remembers_nothing_of_it)
{
    add_model(1);
    std::atomic<bool> has_begun = false;
    convert = [&](Conversion& conversion) -> test::FakeConverter::Result {
        has_begun = true;
        while (!conversion.is_cancelled) std::this_thread::sleep_for(1ms);
        return Error{Errc::invalid_argument, "broken off"};
    };
    for (int i = 0; i < TriedModels::max_attempts + 1; ++i) {
        has_begun = false;
        start();
        ASSERT_TRUE(waits_until([&] { return has_begun.load(); }));
        EXPECT_TRUE(stop());
        EXPECT_EQ(test::bytes_of(folder / "failed_models.json"), "{\"models\":[]}\n");
        EXPECT_FALSE(fs::exists(folder / "conversion"));
    }
}

TEST_F(ModelConversionTest, does_not_wait_for_ever_for_a_converter_that_hangs_nor_blames_the_model)
{
    add_model(1);
    std::latch ended{1};
    std::atomic<bool> has_begun = false;
    convert = [&](Conversion&) -> test::FakeConverter::Result {
        has_begun = true;
        ended.wait();
        return Error{};
    };
    start();
    ASSERT_TRUE(waits_until([&] { return has_begun.load(); }));
    EXPECT_FALSE(finish(1ms));
    EXPECT_EQ(test::bytes_of(folder / "failed_models.json"), "{\"models\":[]}\n");
    ended.count_down();
    join();
}

} // namespace
} // namespace learning_loop
