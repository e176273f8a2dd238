#include "learning_loop/trainer/steps/detection_file.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

Detections found_in(std::string image)
{
    Detections found;
    found.image_id = std::move(image);
    return found;
}

std::vector<std::string> images_of(DetectionBatch const& batch)
{
    std::vector<std::string> images;
    for (auto const& one : batch.detections) images.push_back(*one.image_id);
    return images;
}

using Images = std::vector<std::string>;

TEST(DetectionFile, is_read_in_pieces_that_follow_each_other)
{
    test::TempFolder const folder;
    auto const file = folder / "detections.jsonl";
    ASSERT_TRUE(append_detections(file, {found_in("a"), found_in("b")}));
    ASSERT_TRUE(append_detections(file, {found_in("c")}));
    auto const first = read_detections(file, 0, 2);
    ASSERT_TRUE(first);
    EXPECT_EQ(images_of(*first), (Images{"a", "b"}));
    auto const second = read_detections(file, first->end, 2);
    EXPECT_EQ(images_of(*second), Images{"c"});
    EXPECT_TRUE(read_detections(file, second->end, 2)->detections.empty());
}

TEST(DetectionFile, passes_over_lines_that_are_no_detections_of_an_image)
{
    test::TempFolder const folder;
    auto const file = folder / "detections.jsonl";
    test::put(file, "no JSON\n{\"image_id\": null}\n{\"image_id\": 7}\n{\"image_id\": \"a\"}\n");
    auto const read = read_detections(file, 0, 10);
    ASSERT_TRUE(read);
    EXPECT_EQ(images_of(*read), Images{"a"});
    EXPECT_EQ(read->end, std::filesystem::file_size(file));
}

TEST(DetectionFile, goes_on_after_a_line_that_a_kill_has_cut)
{
    test::TempFolder const folder;
    auto const file = folder / "detections.jsonl";
    ASSERT_TRUE(append_detections(file, {found_in("a")}));
    auto const whole = test::bytes_of(file);
    test::put(file, whole + whole.substr(0, whole.size() / 2));
    auto const images = take_over_detections(file);
    ASSERT_TRUE(images);
    EXPECT_EQ(*images, std::set<std::string>{"a"});
    ASSERT_TRUE(append_detections(file, {found_in("b")}));
    EXPECT_EQ(images_of(*read_detections(file, 0, 10)), (Images{"a", "b"}));
}

TEST(DetectionFile, that_is_not_there_holds_nothing_yet)
{
    test::TempFolder const folder;
    EXPECT_TRUE(take_over_detections(folder / "none")->empty());
    EXPECT_EQ(read_detections(folder / "none", 0, 1).error().code, Errc::not_found);
}

TEST(CompleteDetections, fills_in_the_category_and_the_model_and_leaves_what_is_there)
{
    ModelInformation model;
    model.version = "1.3";
    model.categories = {{"c1", "beet", {}, {}, {}, {}, "box"}};
    Detections found;
    found.box_detections.resize(3);
    found.box_detections[0].category_name = "beet";
    found.box_detections[1] = found.box_detections[0];
    found.box_detections[1].category_id = "given";
    found.box_detections[1].model_name = "other";
    found.box_detections[2].category_name = "weed";
    complete_detections(found, model);
    EXPECT_EQ(found.box_detections[0].category_id, "c1");
    EXPECT_EQ(found.box_detections[0].model_name, "1.3");
    EXPECT_EQ(found.box_detections[1].category_id, "given");
    EXPECT_EQ(found.box_detections[1].model_name, "other");
    EXPECT_FALSE(found.box_detections[2].category_id);
}

} // namespace
} // namespace learning_loop
