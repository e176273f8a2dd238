#include "learning_loop/detector/model/model_waits.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

DeploymentTarget model(std::string const& version)
{
    return {"0f6c1b5e-0000-4000-8000-000000000001", version};
}

struct ModelWaitsTest : testing::Test {
    ModelWaits waits;
    ModelWaits::Time const now{1h};

    ModelWaits::Time::duration wait_of(std::string const& version) { return waits.next_try(model(version)) - now; }
};

TEST_F(ModelWaitsTest, a_model_that_has_not_failed_may_be_tried_at_once)
{
    EXPECT_FALSE(waits.has_failed(model("1")));
    EXPECT_LT(waits.next_try(model("1")), now);
}

TEST_F(ModelWaitsTest, the_wait_of_a_model_grows_with_its_failures_up_to_300_s)
{
    waits.add_failure(model("1"), now);
    EXPECT_LE(wait_of("1"), 5s);
    for (int i = 0; i < 5; ++i) waits.add_failure(model("1"), now);
    EXPECT_GE(wait_of("1"), 80s);
    for (int i = 0; i < 20; ++i) waits.add_failure(model("1"), now);
    EXPECT_LE(wait_of("1"), 300s);
}

TEST_F(ModelWaitsTest, no_model_waits_for_the_failures_of_another)
{
    for (int i = 0; i < 5; ++i) waits.add_failure(model("1"), now);
    EXPECT_LT(waits.next_try(model("2")), now);
    DeploymentTarget const same_version_of_another{"0f6c1b5e-0000-4000-8000-000000000002", "1"};
    EXPECT_FALSE(waits.has_failed(same_version_of_another));
}

TEST_F(ModelWaitsTest, a_model_that_comes_back_later_keeps_its_wait)
{
    for (int i = 0; i < 5; ++i) waits.add_failure(model("1"), now);
    auto const wait = wait_of("1");
    waits.add_failure(model("2"), now);
    waits.forget(model("2"));
    EXPECT_EQ(wait_of("1"), wait);
}

TEST_F(ModelWaitsTest, a_model_that_was_forgotten_begins_anew)
{
    for (int i = 0; i < 8; ++i) waits.add_failure(model("1"), now);
    waits.forget(model("1"));
    EXPECT_FALSE(waits.has_failed(model("1")));
    waits.add_failure(model("1"), now);
    EXPECT_LE(wait_of("1"), 5s);
    waits.forget_all();
    EXPECT_FALSE(waits.has_failed(model("1")));
}

TEST_F(ModelWaitsTest, only_those_that_failed_last_are_remembered)
{
    waits.add_failure(model("1"), now);
    waits.add_failure(model("2"), now);
    for (std::size_t i = 0; i + 2 < ModelWaits::max_models; ++i)
        waits.add_failure(model("3." + std::to_string(i)), now);
    waits.add_failure(model("1"), now);
    EXPECT_TRUE(waits.has_failed(model("2")));
    waits.add_failure(model("4"), now);
    EXPECT_TRUE(waits.has_failed(model("1")));
    EXPECT_FALSE(waits.has_failed(model("2")));
}

} // namespace
} // namespace learning_loop
