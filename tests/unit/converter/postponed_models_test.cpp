#include "learning_loop/converter/postponed_models.h"

#include "support/source_models.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;
using test::a_model;

struct PostponedModelsTest : testing::Test {
    PostponedModels models{5s, 600s};
    PostponedModels::Time const now{1h};

    PostponedModels::Time::duration wait_of(int number) { return models.next_try(a_model(number)) - now; }
};

TEST_F(PostponedModelsTest, each_have_a_wait_of_their_own_that_grows)
{
    models.add(a_model(1), "x", now);
    EXPECT_LE(wait_of(1), 5s);
    for (int i = 0; i < 20; ++i) models.add(a_model(1), "x", now);
    EXPECT_GE(wait_of(1), 300s);
    EXPECT_LE(wait_of(1), 600s);
    EXPECT_LT(models.next_try(a_model(2)), now);
}

TEST_F(PostponedModelsTest, wait_as_long_as_was_asked_for)
{
    models.add(a_model(1), "x", now, 600s);
    EXPECT_GE(wait_of(1), 600s);
}

TEST_F(PostponedModelsTest, tell_when_the_next_one_is_tried)
{
    EXPECT_FALSE(models.next_try_after(now));
    models.add(a_model(1), "x", now, 100s);
    models.add(a_model(2), "x", now, 600s);
    EXPECT_EQ(models.next_try_after(now), models.next_try(a_model(1)));
    EXPECT_EQ(models.next_try_after(models.next_try(a_model(1))), models.next_try(a_model(2))); // no time of the past
}

TEST_F(PostponedModelsTest, are_forgotten_one_by_one_by_project_or_when_the_loop_lists_them_no_more)
{
    auto of_other = a_model(3);
    of_other.project.project = "other";
    for (auto const& model : {a_model(1), a_model(2), of_other}) models.add(model, "x", now);
    models.forget(a_model(1));
    EXPECT_LT(models.next_try(a_model(1)), now);
    EXPECT_GT(models.next_try(a_model(2)), now);
    models.forget(Context{"zauberzeug", "demo"});
    EXPECT_LT(models.next_try(a_model(2)), now);
    EXPECT_GT(models.next_try(of_other), now);
    models.keep({of_other.project}, {a_model(1)});
    EXPECT_GT(models.next_try(of_other), now);
    models.keep({}, {a_model(1)});
    EXPECT_FALSE(models.problem());
}

TEST_F(PostponedModelsTest, tell_people_about_the_one_that_is_tried_first)
{
    models.add(a_model(2), "the disk is full", now, 10s);
    EXPECT_EQ(models.problem(), "model 2.0 of zauberzeug/demo is tried again: the disk is full");
    models.add(a_model(1), "x", now, 600s);
    models.add(a_model(3), "x", now, 600s);
    EXPECT_EQ(models.problem(),
              "model 2.0 of zauberzeug/demo is tried again: the disk is full; 2 more models wait, too");
}

} // namespace
} // namespace learning_loop
