#include "learning_loop/trainer/command/confusion.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using test::image_id;
using test::training_image;

struct ConfusionTest : testing::Test {
    test::SampleTraining sample;
    std::filesystem::path const texts = sample.training.folder / "found";

    void find(int number, std::string const& text) { test::put(texts / (image_id(number) + ".txt"), text); }

    /// `<threshold> <category>:tp/fp/fn ...`
    std::string measured(std::optional<double> threshold = {}, std::string const& place = "found")
    {
        auto const quality = measure_quality(sample.training, sample.training.folder / place, threshold);
        if (!quality) return quality.error().message;
        auto text = quality->conf_threshold ? to_text(*quality->conf_threshold) : "none";
        for (auto const& [id, counts] : quality->confusion_matrix)
            text += " " + id + ":" + std::to_string(counts.tp) + "/" + std::to_string(counts.fp) + "/" +
                    std::to_string(counts.fn);
        return text;
    }
};

TEST_F(ConfusionTest, counts_what_overlaps_by_half_and_each_annotation_once)
{
    sample.learn_from({training_image(1, ImageSet::val, {{"b", 0, 0, 20, 20}, {"b", 50, 0, 20, 20}}),
                       training_image(2, ImageSet::train, {{"b", 0, 0, 20, 20}})});
    find(1, "0 0.1 0.2 0.2 0.4 0.9\n"   // the first one, exactly
            "0 0.1 0.2 0.2 0.4 0.8\n"   // the first one again
            "0 0.7 0.2 0.2 0.4 0.7\n"   // the second one, by a third only
            "1 0.6 0.2 0.2 0.4 0.6\n"); // the second one, as a weed
    find(2, "0 0.1 0.2 0.2 0.4 0.9\n"); // of no image to select with
    EXPECT_EQ(measured(0.1), "0.1 b:1/2/1 w:0/1/0");
    EXPECT_EQ(measured(0.85), "0.85 b:1/0/1 w:0/0/0");
    EXPECT_EQ(measured(0.95), "0.95 b:0/0/2 w:0/0/0");
}

TEST_F(ConfusionTest, chooses_the_threshold_with_the_best_mean_f1_of_the_categories)
{
    auto image = training_image(1, ImageSet::val, {{"b", 0, 0, 20, 20}});
    image.point_annotations = {{"w", 75, 25}};
    sample.learn_from({image});
    find(1, "0 0.1 0.2 0.2 0.4 0.9\n"   // right
            "1 0.75 0.5 0.1 0.2 0.5\n"  // right
            "0 0.9 0.9 0.1 0.1 0.3\n"); // wrong
    EXPECT_EQ(measured(), "0.4 b:1/0/0 w:1/0/0");
}

TEST_F(ConfusionTest, without_anything_right_there_is_no_threshold)
{
    sample.learn_from({training_image(1, ImageSet::val, {{"b", 0, 0, 20, 20}})});
    find(1, "0 0.9 0.9 0.1 0.1 0.9\n0 0.9 0.9 0.1 0.1 0.1\n");
    EXPECT_EQ(measured(), "none b:0/1/1 w:0/0/0");
    std::filesystem::remove(texts / (image_id(1) + ".txt"));
    EXPECT_EQ(measured(), "none b:0/0/1 w:0/0/0");
}

TEST_F(ConfusionTest, looks_at_the_test_images_if_there_are_none_to_validate_with)
{
    sample.learn_from({training_image(1, ImageSet::test, {{"b", 0, 0, 20, 20}})});
    find(1, "0 0.1 0.2 0.2 0.4 0.5\n");
    EXPECT_EQ(measured(), "0.5 b:1/0/0 w:0/0/0");
    sample.learn_from({training_image(1, ImageSet::test, {{"b", 0, 0, 20, 20}}), training_image(2, ImageSet::val)});
    EXPECT_EQ(measured(), "none b:0/0/0 w:0/0/0");
}

TEST_F(ConfusionTest, reads_lines_of_detections_as_well)
{
    auto image = training_image(1, ImageSet::val, {{"b", 0, 0, 20, 20}});
    image.point_annotations = {{"w", 75, 25}};
    sample.learn_from({image});
    test::put(sample.training.folder / "found.jsonl",
              "no json\n{\"image_id\": \"" + image_id(1) +
                  R"(", "box_detections": [{"category_name": "beet", "x": 0, "y": 0, "width": 20, "height": 19,)"
                  R"( "confidence": 0.5, "model_name": ""}],)"
                  R"( "point_detections": [{"category_name": "", "category_id": "w", "x": 76, "y": 25,)"
                  R"( "confidence": 0.25, "model_name": ""},)"
                  R"( {"category_name": "?", "x": 75, "y": 25, "confidence": 0.9, "model_name": ""}]})"
                  "\n");
    EXPECT_EQ(measured({}, "found.jsonl"), "0.25 b:1/0/0 w:1/0/0");
}

TEST_F(ConfusionTest, says_when_there_is_nothing_to_measure_by)
{
    sample.learn_from({training_image(1, ImageSet::val)});
    EXPECT_EQ(measured(), "there are no detections " + texts.string());
}

} // namespace
} // namespace learning_loop
