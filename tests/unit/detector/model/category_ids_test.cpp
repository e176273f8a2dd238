#include "learning_loop/detector/model/category_ids.h"

#include "learning_loop/base/log.h"
#include "support/captured_stderr.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace learning_loop {
namespace {

ModelInformation a_model()
{
    ModelInformation model;
    model.version = "1.3";
    model.categories = {{"id of weed", "weed", {}, {}, {}, {}, {}}, {"id of crop", "crop", {}, {}, {}, {}, {}}};
    return model;
}

/// One mark of each kind, all of this category.
ImageMetadata marks_of(std::string const& name, std::optional<std::string> const& id = std::nullopt)
{
    ImageMetadata metadata;
    metadata.box_detections = {{name, 1, 2, 3, 4, "", 0.5, id}};
    metadata.point_detections = {{name, 1, 2, "", 0.5, id}};
    metadata.segmentation_detections = {{name, {}, "", 0.5, id}};
    metadata.classification_detections = {{name, "", 0.5, id}};
    metadata.box_annotations = {{name, 1, 2, 3, 4, id}};
    metadata.point_annotations = {{name, 1, 2, id}};
    metadata.classification_annotation = ClassificationAnnotation{name, id};
    return metadata;
}

using CategoryIds = std::vector<std::optional<std::string>>;

CategoryIds ids_of_detections(ImageMetadata const& metadata)
{
    return {metadata.box_detections.at(0).category_id, metadata.point_detections.at(0).category_id,
            metadata.segmentation_detections.at(0).category_id, metadata.classification_detections.at(0).category_id};
}

CategoryIds ids_of_annotations(ImageMetadata const& metadata)
{
    return {metadata.box_annotations.at(0).category_id, metadata.point_annotations.at(0).category_id,
            metadata.classification_annotation->category_id};
}

CategoryIds filled(std::string const& name, std::optional<std::string> const& id)
{
    auto metadata = marks_of(name, id);
    fill_category_ids(metadata, a_model());
    auto ids = ids_of_detections(metadata);
    for (auto const& one : ids_of_annotations(metadata)) ids.push_back(one);
    return ids;
}

/// What is logged meanwhile.
std::string log_of(ImageMetadata metadata)
{
    start_log();
    test::CapturedStderr const said;
    fill_category_ids(metadata, a_model());
    log::flush();
    return said.text();
}

TEST(CompletedDetections, of_a_logic_get_the_models_version_and_the_ids_of_the_names)
{
    auto found = marks_of("crop");
    complete_detections(found, a_model());
    EXPECT_EQ(ids_of_detections(found), CategoryIds(4, "id of crop"));
    EXPECT_EQ(found.segmentation_detections[0].model_name, "1.3");
    EXPECT_EQ(found.classification_detections[0].model_name, "1.3");
}

TEST(CompletedDetections, keep_what_the_logic_said)
{
    auto found = marks_of("crop", "own id");
    found.box_detections[0].model_name = "own";
    complete_detections(found, a_model());
    EXPECT_EQ(ids_of_detections(found), CategoryIds(4, "own id"));
    EXPECT_EQ(found.box_detections[0].model_name, "own");
    auto unknown = marks_of("moon");
    complete_detections(unknown, a_model());
    EXPECT_EQ(ids_of_detections(unknown), CategoryIds(4, std::nullopt));
}

TEST(CategoryIds, of_an_upload_are_filled_for_every_kind_of_detection_and_annotation)
{
    EXPECT_EQ(filled("weed", std::nullopt), CategoryIds(7, "id of weed"));
    EXPECT_EQ(filled("crop", ""), CategoryIds(7, "id of crop"));
}

TEST(CategoryIds, that_the_model_knows_stay_whatever_the_name_is)
{
    EXPECT_EQ(filled("weed", "id of crop"), CategoryIds(7, "id of crop"));
    EXPECT_EQ(filled("moon", "id of crop"), CategoryIds(7, "id of crop"));
}

TEST(CategoryIds, that_the_model_does_not_know_are_replaced_by_those_of_the_names)
{
    EXPECT_EQ(filled("weed", "id of another model"), CategoryIds(7, "id of weed"));
}

TEST(CategoryIds, are_empty_for_a_name_that_the_model_does_not_know)
{
    EXPECT_EQ(filled("moon", std::nullopt), CategoryIds(7, ""));
    EXPECT_EQ(filled("moon", "id of another model"), CategoryIds(7, ""));
}

TEST(CategoryIds, that_are_unknown_are_all_named_in_one_line_of_the_log)
{
    auto metadata = marks_of("moon");
    metadata.box_annotations[0].category_name = "sun\nWARNING";
    metadata.point_detections[0].category_name = "weed";
    auto const log = log_of(metadata);
    EXPECT_NE(log.find("model 1.3 knows no category named moon, sun?WARNING\n"), std::string::npos) << log;
    EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

TEST(CategoryIds, that_are_known_are_not_worth_a_line)
{
    EXPECT_EQ(log_of(marks_of("weed")), "");
}

} // namespace
} // namespace learning_loop
