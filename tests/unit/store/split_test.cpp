#include "learning_loop/store/split.h"

#include "learning_loop/base/hash.h"

#include <gtest/gtest.h>

#include <map>

namespace learning_loop::store {
namespace {

std::string numbered_id(int number)
{
    return "00000000-0000-0000-0000-" + std::to_string(100'000'000'000 + number);
}

TEST(DrawnSet, is_by_default_the_one_that_images_have_had_ever_since)
{
    for (int i = 0; i < 1000; ++i) {
        auto const expected = sha256(numbered_id(i))[0] % 5 == 0 ? ImageSet::test : ImageSet::train;
        EXPECT_EQ(drawn_set(numbered_id(i), 20, 0), expected) << i;
    }
}

TEST(DrawnSet, has_about_the_shares_that_are_asked_for)
{
    for (auto const& [test, val] : {std::pair(0, 0), {10, 10}, {33, 0}, {50, 25}, {100, 0}, {0, 100}}) {
        std::map<ImageSet, int> counts;
        for (int i = 0; i < 10'000; ++i) ++counts[drawn_set(numbered_id(i), test, val)];
        EXPECT_NEAR(counts[ImageSet::test], test * 100, 200) << test << " " << val;
        EXPECT_NEAR(counts[ImageSet::val], val * 100, 200) << test << " " << val;
    }
}

TEST(DrawnSet, of_an_image_for_tests_stays_when_there_are_to_be_more_of_them)
{
    for (int i = 0; i < 1000; ++i) {
        if (drawn_set(numbered_id(i), 20, 0) != ImageSet::test) continue;
        EXPECT_EQ(drawn_set(numbered_id(i), 30, 10), ImageSet::test) << i;
    }
}

} // namespace
} // namespace learning_loop::store
