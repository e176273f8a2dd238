#include "learning_loop/trainer/dataset/validation_set.h"

#include "support/fake_dataset_loop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

// The places and the choices are those of the peer's Python, learning_loop_node 0.27.0, trainer/validation_set.py.

namespace learning_loop {
namespace {

std::vector<std::string> numbered_ids(int count)
{
    std::vector<std::string> ids;
    for (int number = 1; number <= count; ++number) ids.push_back(test::fake_image_id(number));
    return ids;
}

/// The numbers of the chosen ones among so many images.
std::vector<int> chosen_of(int count)
{
    auto const ids = numbered_ids(count);
    auto const chosen = choose_validation_images({ids.begin(), ids.end()});
    std::vector<int> numbers;
    for (auto const id : chosen.value()) numbers.push_back(std::stoi(std::string(id.substr(24))));
    return numbers;
}

TEST(ValidationSet, places_images_as_the_peer_does)
{
    auto const ids = numbered_ids(4);
    EXPECT_EQ(place_of_image(ids[0]), 2'598'478'586u);
    EXPECT_EQ(place_of_image(ids[1]), 2'445'957'189u);
    EXPECT_EQ(place_of_image(ids[2]), 814'510'846u);
    EXPECT_EQ(place_of_image(ids[3]), 1'616'109'672u);
}

TEST(ValidationSet, has_a_tenth_of_the_images_that_the_peer_chooses)
{
    EXPECT_EQ(chosen_of(40), (std::vector<int>{7, 30, 35}));
    EXPECT_EQ(chosen_of(200).size(), 17u);
}

TEST(ValidationSet, has_the_first_image_of_all_if_none_is_within_the_tenth)
{
    EXPECT_EQ(chosen_of(2), std::vector<int>{2});
    EXPECT_EQ(chosen_of(6), std::vector<int>{3});
    EXPECT_EQ(chosen_of(7), std::vector<int>{7});
}

TEST(ValidationSet, keeps_an_image_when_others_come)
{
    auto const many = chosen_of(200);
    for (auto const number : chosen_of(40)) EXPECT_TRUE(std::ranges::count(many, number)) << number;
}

TEST(ValidationSet, is_refused_for_fewer_than_two_images)
{
    for (int const count : {0, 1}) {
        auto const ids = numbered_ids(count);
        auto const refused = choose_validation_images({ids.begin(), ids.end()});
        EXPECT_EQ(refused.error().code, Errc::unprocessable);
        EXPECT_EQ(refused.error().message, std::to_string(count) +
                                               " training image(s) are too few to split off a validation set, add "
                                               "more training images");
    }
}

TEST(ValidationSet, is_asked_for_by_true_alone)
{
    EXPECT_FALSE(asks_for_validation_set({}).value());
    EXPECT_FALSE(asks_for_validation_set({{"compute_validation_set", false}}).value());
    EXPECT_TRUE(asks_for_validation_set({{"compute_validation_set", true}}).value());
}

TEST(ValidationSet, is_refused_in_the_peers_words_for_anything_but_true_and_false)
{
    std::vector<std::pair<boost::json::value, std::string>> const table{
        {"true", "'true'"}, {1, "1"}, {0, "0"}, {nullptr, "None"}, {1.5, "1.5"}, {boost::json::array(), "[]"}};
    for (auto const& [value, text] : table) {
        auto const refused = asks_for_validation_set({{"compute_validation_set", value}});
        EXPECT_EQ(refused.error().code, Errc::unprocessable);
        EXPECT_EQ(refused.error().message, "'compute_validation_set' must be true or false, got " + text);
    }
}

} // namespace
} // namespace learning_loop
