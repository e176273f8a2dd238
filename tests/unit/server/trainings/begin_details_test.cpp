#include "learning_loop/server/trainings/begin_details.h"

#include "learning_loop/data/training.h"
#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct BeginDetailsTest : testing::Test {
    store::TrainingRow row;
    std::vector<Category> const categories{{"id-1", "beet", {}, {}, "#FF00FF", 20, "box"}};

    BeginDetailsTest()
    {
        row.training_number = 7;
        row.model_variant = "s6";
        row.hyperparameters = R"({"resolution": "832", "epochs": "130", "flip_rl": "true", "flip_ud": false})";
    }

    boost::json::object details() { return begin_details(row, categories); }
    boost::json::object with(std::string const& hyperparameters)
    {
        row.hyperparameters = hyperparameters;
        return details();
    }
};

TEST_F(BeginDetailsTest, have_what_trainers_of_today_read)
{
    auto const read = from_json<TrainingDetails>(details()).value();
    EXPECT_EQ(read.training_number, 7);
    EXPECT_EQ(read.model_variant, "s6");
    EXPECT_EQ(read.base_model_uuid, std::nullopt);
    EXPECT_EQ(read.categories.at(0).name, "beet");
    EXPECT_EQ(read.categories.at(0).point_size, 20);
    EXPECT_EQ(
        read.hyperparameters,
        (Hyperparameters{
            {"resolution", "832"}, {"epochs", "130"}, {"flip_rl", "true"}, {"flip_ud", false}})); // as they were set
    EXPECT_TRUE(details().at("base_model_uuid").is_null());
    row.base_model = "018f4e6a-0000-7000-8000-000000000001";
    EXPECT_EQ(from_json<TrainingDetails>(details())->base_model_uuid, row.base_model);
}

TEST_F(BeginDetailsTest, have_what_trainers_of_2022_read)
{
    auto told = details();
    EXPECT_EQ(told.at("id"), "s6");
    EXPECT_EQ(told.at("training_number"), 7);
    EXPECT_EQ(told.at("resolution"), 832); // a number
    EXPECT_EQ(told.at("flip_rl"), true);   // a truth
    EXPECT_EQ(told.at("flip_ud"), false);
    EXPECT_EQ(told.at("categories").at(0).at("id"), "id-1");
    row.base_model = "018f4e6a-0000-7000-8000-000000000001";
    EXPECT_EQ(details().at("id"), boost::json::string(*row.base_model));
    EXPECT_EQ(details().at("model_variant"), "s6");
}

TEST_F(BeginDetailsTest, have_a_resolution_whatever_it_was_written_as)
{
    EXPECT_EQ(with(R"({"resolution": 832})").at("resolution"), 832);
    EXPECT_EQ(with(R"({"resolution": 832.0})").at("resolution"), 832);
    EXPECT_EQ(with(R"({"resolution": " 832 "})").at("resolution"), 832);
    for (auto const* none : {R"("large")", R"("832.5")", "832.5", "0", "-1", "true", "1e300", R"("99999999999")"}) {
        EXPECT_EQ(with(R"({"resolution": )" + std::string(none) + "}").at("resolution"), 640) << none;
        EXPECT_EQ(resolution_of(row), std::nullopt) << none;
    }
    EXPECT_EQ(with("{}").at("resolution"), 640);
    EXPECT_EQ(resolution_of(row), std::nullopt);
    row.hyperparameters = R"({"resolution": "416"})";
    EXPECT_EQ(resolution_of(row), 416);
}

TEST_F(BeginDetailsTest, have_truths_whatever_they_were_written_as)
{
    for (auto const* truth : {"true", "1", R"("true")", R"("True")", R"("1")", R"("yes")"})
        EXPECT_EQ(with(R"({"flip_ud": )" + std::string(truth) + "}").at("flip_ud"), true) << truth;
    for (auto const* lie : {"false", "0", R"("false")", R"("0")", R"("no")", R"("")", R"("perhaps")", "[]"})
        EXPECT_EQ(with(R"({"flip_ud": )" + std::string(lie) + "}").at("flip_ud"), false) << lie;
}

TEST_F(BeginDetailsTest, are_whole_even_if_the_hyperparameters_cannot_be_read)
{
    for (auto const* text : {"", "{", "[]", "7"}) {
        auto const told = with(text);
        EXPECT_EQ(told.at("hyperparameters"), boost::json::object()) << text;
        EXPECT_EQ(told.at("resolution"), 640);
        EXPECT_EQ(told.at("flip_rl"), false);
    }
}

} // namespace
} // namespace learning_loop
