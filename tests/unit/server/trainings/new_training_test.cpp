#include "learning_loop/server/trainings/new_training.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct NewTrainingTest : testing::Test {
    store::Project project;
    std::string const model = "018F4E6A-0000-7000-8000-000000000001";

    NewTrainingTest() { project.number = 7; }

    Result<store::TrainingRow> row_of(NewTraining const& wanted) { return training_from(project, wanted, "ann"); }
    boost::json::object hyperparameters_of(NewTraining const& wanted)
    {
        return parse_json(row_of(wanted).value().hyperparameters, "hyperparameters").value().as_object();
    }
    void expect_refused(NewTraining const& wanted, std::string_view field)
    {
        auto const refused = row_of(wanted).error();
        EXPECT_EQ(refused.code, Errc::unprocessable);
        EXPECT_TRUE(refused.message.starts_with(field)) << refused.message;
    }
};

TEST_F(NewTrainingTest, waits_for_a_trainer_and_tells_who_wanted_what)
{
    auto const row = row_of({model, "small", {}, "t"}).value();
    EXPECT_EQ(row.project, 7);
    EXPECT_EQ(row.state, TrainingState::queued);
    EXPECT_EQ(row.created_by, "ann");
    EXPECT_FALSE(row.created.empty());
    EXPECT_EQ(row.base_model, "018f4e6a-0000-7000-8000-000000000001"); // as models are named
    EXPECT_EQ(row.model_variant, "small");
    EXPECT_EQ(row.wanted_trainer, "t");
    EXPECT_EQ(row.trainer, std::nullopt);
    EXPECT_EQ(row.attempts, 0);
}

TEST_F(NewTrainingTest, may_tell_nothing_at_all)
{
    auto const row = row_of({}).value();
    EXPECT_EQ(row.base_model, std::nullopt);
    EXPECT_EQ(row.model_variant, "");
    EXPECT_EQ(row.wanted_trainer, std::nullopt);
    EXPECT_EQ(hyperparameters_of({}), to_json(default_hyperparameters(project)));
}

TEST_F(NewTrainingTest, has_what_every_known_trainer_wants_if_nobody_sets_anything)
{
    auto const defaults = default_hyperparameters(project);
    EXPECT_EQ(defaults.at("resolution"), 640);
    EXPECT_EQ(defaults.at("epochs"), 100);
    EXPECT_EQ(defaults.at("flip_rl"), false); // a truth: no text
    EXPECT_EQ(defaults.at("flip_ud"), false);
    EXPECT_EQ(defaults.at("detect_nms_conf_thres"), 0.2);
    EXPECT_EQ(defaults.at("detect_nms_iou_thres"), 0.45);
}

TEST_F(NewTrainingTest, has_the_projects_hyperparameters_where_it_tells_no_others)
{
    project.hyperparameters = R"({"resolution": 832, "epochs": "7"})";
    EXPECT_EQ(default_hyperparameters(project), (Hyperparameters{{"resolution", 832}, {"epochs", "7"}}));
    auto const merged = hyperparameters_of({{}, {}, {{"epochs", 9}, {"new", true}}, {}});
    EXPECT_EQ(merged, (boost::json::object{{"resolution", 832}, {"epochs", 9}, {"new", true}}));
}

TEST_F(NewTrainingTest, has_the_defaults_if_the_projects_own_cannot_be_read)
{
    for (auto const* text : {"{", "7", "[]"}) {
        project.hyperparameters = text;
        EXPECT_EQ(default_hyperparameters(project).at("resolution"), 640) << text;
    }
}

TEST_F(NewTrainingTest, with_a_field_that_cannot_be_is_refused)
{
    expect_refused({"1.1", {}, {}, {}}, "base_model_uuid: ");
    expect_refused({"", {}, {}, {}}, "base_model_uuid: ");
    expect_refused({{}, std::string(101, 'v'), {}, {}}, "model_variant: ");
    expect_refused({{}, {}, {{"epochs", nullptr}}, {}}, "hyperparameters.epochs: ");
    EXPECT_TRUE(row_of({{}, std::string(100, 'v'), {}, {}}));
}

TEST_F(NewTrainingTest, hyperparameters_are_numbers_texts_and_truths)
{
    EXPECT_TRUE(check_hyperparameters({}));
    EXPECT_TRUE(check_hyperparameters({{"a", 1}, {"b", 0.5}, {"c", "x"}, {"d", true}, {"e", std::uint64_t{1} << 63}}));
    boost::json::array const list;
    boost::json::object const object;
    for (boost::json::value const& wrong :
         {boost::json::value(), boost::json::value(list), boost::json::value(object)}) {
        auto const refused = check_hyperparameters({{"a", 1}, {"wrong", wrong}}).error();
        EXPECT_EQ(refused.code, Errc::unprocessable);
        EXPECT_TRUE(refused.message.starts_with("hyperparameters.wrong: ")) << refused.message;
    }
}

TEST_F(NewTrainingTest, hyperparameters_are_bounded_in_their_number_names_and_texts)
{
    Hyperparameters many;
    for (int i = 0; i < 100; ++i) many["h" + std::to_string(i)] = i;
    EXPECT_TRUE(check_hyperparameters(many));
    many["one more"] = 1;
    EXPECT_EQ(check_hyperparameters(many).error().code, Errc::unprocessable);
    EXPECT_FALSE(check_hyperparameters({{"", 1}}));
    EXPECT_TRUE(check_hyperparameters({{std::string(100, 'n'), 1}}));
    EXPECT_FALSE(check_hyperparameters({{std::string(101, 'n'), 1}}));
    auto const text = [](std::size_t length) { return boost::json::string(length, 't'); };
    EXPECT_TRUE(check_hyperparameters({{"point_sizes_by_id", text(10'000)}}));
    auto const refused = check_hyperparameters({{"point_sizes_by_id", text(10'001)}}).error();
    EXPECT_TRUE(refused.message.starts_with("hyperparameters.point_sizes_by_id: ")) << refused.message;
}

} // namespace
} // namespace learning_loop
