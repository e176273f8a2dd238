#include "learning_loop/converter/tried_models.h"

#include "support/source_models.h"

#include <gtest/gtest.h>

#include <limits>

namespace learning_loop {
namespace {

using test::a_model;

TriedModel tried_before(int attempts)
{
    TriedModel tried;
    tried.organization = "zauberzeug";
    tried.project = "demo";
    tried.id = test::model_id(1);
    tried.fingerprint = a_model().fingerprint;
    tried.attempts = attempts;
    return tried;
}

TEST(TriedModels, remember_why_a_model_has_failed_until_it_or_the_converter_changes)
{
    TriedModels models;
    EXPECT_FALSE(models.find_failure(a_model()));
    models.begin_attempt(a_model());
    models.add_failure(a_model(), "layer 7\nis unknown");
    EXPECT_EQ(models.find_failure(a_model()), "layer 7?is unknown");
    EXPECT_FALSE(models.find_failure(a_model(1, "v2")));
    EXPECT_FALSE(models.find_failure(a_model(2)));
    models.begin_attempt(a_model(1, "v2"));
    models.end_attempt(a_model(1, "v2"));
    EXPECT_TRUE(models.all().empty()); // of one model one attempt is remembered
}

TEST(TriedModels, take_a_model_that_the_process_died_of_three_times_for_failed)
{
    TriedModels models;
    for (int death = 0; death < TriedModels::max_attempts; ++death) {
        EXPECT_FALSE(models.find_failure(a_model())) << death;
        models.begin_attempt(a_model());
        models = TriedModels(models.all());
    }
    EXPECT_EQ(models.find_failure(a_model()), "the node died 3 times while it was converted");
    ASSERT_EQ(models.failed().size(), 1u);
    EXPECT_EQ(models.failed()[0].reason, models.find_failure(a_model()));
}

TEST(TriedModels, count_no_attempt_that_the_process_has_survived)
{
    TriedModels models({tried_before(2)});
    for (int i = 0; i < 5; ++i) {
        models.begin_attempt(a_model());
        models.end_attempt(a_model());
    }
    EXPECT_FALSE(models.find_failure(a_model()));
    EXPECT_EQ(models.all().at(0).attempts, 2);
}

TEST(TriedModels, believe_no_impossible_number_of_attempts)
{
    TriedModels never({tried_before(std::numeric_limits<int>::min())});
    never.begin_attempt(a_model());
    EXPECT_EQ(never.all().at(0).attempts, 1);
    TriedModels often({tried_before(std::numeric_limits<int>::max())});
    EXPECT_TRUE(often.find_failure(a_model()));
    often.begin_attempt(a_model());
    EXPECT_EQ(often.all().at(0).attempts, TriedModels::max_attempts + 1);
}

TEST(TriedModels, forget_what_the_loop_lists_no_more_or_otherwise)
{
    TriedModels models;
    for (int i = 1; i <= 3; ++i) models.add_failure(a_model(i), "x");
    std::vector<Context> const asked{{"zauberzeug", "demo"}};
    EXPECT_TRUE(models.keep(asked, {a_model(1), a_model(2, "v2")}));
    EXPECT_TRUE(models.find_failure(a_model(1)));
    EXPECT_EQ(models.all().size(), 1u);
    EXPECT_FALSE(models.keep(asked, {a_model(1)}));
}

TEST(TriedModels, forget_nothing_of_a_project_whose_models_are_not_known)
{
    TriedModels models;
    models.add_failure(a_model(), "x");
    EXPECT_FALSE(models.keep({}, {})) << "another Loop, or other rights";
    EXPECT_FALSE(models.keep({{"zauberzeug", "other"}}, {}));
    EXPECT_TRUE(models.find_failure(a_model()));
    EXPECT_TRUE(models.keep({{"zauberzeug", "demo"}}, {}));
    EXPECT_FALSE(models.find_failure(a_model()));
}

TEST(TriedModels, count_the_attempt_that_goes_on_for_no_death_yet)
{
    TriedModels models({tried_before(TriedModels::max_attempts - 1)});
    models.begin_attempt(a_model());
    EXPECT_TRUE(models.failed().empty());
    EXPECT_EQ(models.forget_failures(std::nullopt), 0u);
    EXPECT_TRUE(TriedModels(models.all()).find_failure(a_model())) << "if the process dies now, it has failed";
}

TEST(TriedModels, are_tried_again_when_somebody_wants_it)
{
    TriedModels models;
    for (int i = 1; i <= 3; ++i) models.add_failure(a_model(i), "x");
    models.begin_attempt(a_model(4));
    EXPECT_EQ(models.forget_failures(test::model_id(2)), 1u);
    EXPECT_FALSE(models.find_failure(a_model(2)));
    EXPECT_EQ(models.forget_failures(test::model_id(2)), 0u);
    EXPECT_EQ(models.forget_failures(std::nullopt), 2u);
    EXPECT_EQ(models.all().size(), 1u); // the attempt that goes on
}

TEST(TriedModels, show_the_last_failure_first)
{
    TriedModels models;
    for (int i = 1; i <= 3; ++i) models.add_failure(a_model(i), "x");
    models.add_failure(a_model(1), "y");
    std::string order;
    for (auto const& model : models.failed()) order += model.version + " ";
    EXPECT_EQ(order, "1.0 3.0 2.0 ");
}

TEST(TriedModels, are_bounded_and_forget_the_oldest)
{
    std::vector<TriedModel> many(TriedModels::max_models + 5, tried_before(0));
    for (std::size_t i = 0; i < many.size(); ++i) many[i].id = std::to_string(i);
    TriedModels models(many);
    EXPECT_EQ(models.all().size(), TriedModels::max_models);
    EXPECT_EQ(models.all().front().id, "5");
    models.begin_attempt(a_model());
    EXPECT_EQ(models.all().size(), TriedModels::max_models);
    EXPECT_EQ(models.all().front().id, "6");
    EXPECT_EQ(models.all().back().id, test::model_id(1));
}

} // namespace
} // namespace learning_loop
