#include "learning_loop/server/images/uploaded_metadata.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

std::string refusal_of(std::string_view json)
{
    auto const metadata = read_uploaded_metadata(json);
    return metadata ? "none" : metadata.error().message;
}

TEST(UploadedMetadata, a_confidence_above_one_is_a_percentage)
{
    auto const metadata = *read_uploaded_metadata(R"({"box_detections": [
        {"category_name": "a", "x": 1, "y": 2, "width": 3, "height": 4, "model_name": "1", "confidence": 42},
        {"category_name": "a", "x": 1, "y": 2, "width": 3, "height": 4, "model_name": "1", "confidence": 0.5}]})");
    EXPECT_DOUBLE_EQ(metadata.box_detections[0].confidence, 0.42);
    EXPECT_DOUBLE_EQ(metadata.box_detections[1].confidence, 0.5);
}

TEST(UploadedMetadata, a_confidence_that_is_neither_is_named)
{
    auto const text = [](std::string const& number) {
        return R"({"classification_detections": [{"category_name": "a", "model_name": "1", "confidence": )" + number +
               "}]}";
    };
    EXPECT_EQ(refusal_of(text("-0.1")).substr(0, 41), "classification_detections[0].confidence: ");
    EXPECT_EQ(refusal_of(text("101")).substr(0, 41), "classification_detections[0].confidence: ");
}

TEST(UploadedMetadata, every_known_state_is_honoured_and_none_is_left_to_the_loop)
{
    EXPECT_EQ(read_uploaded_metadata(R"({"state": "backlog"})")->state, ImageState::backlog);
    EXPECT_EQ(read_uploaded_metadata(R"({"state": "trash"})")->state, ImageState::trash);
    EXPECT_EQ(read_uploaded_metadata(R"({"state": null})")->state, std::nullopt);
    EXPECT_NE(refusal_of(R"({"state": "lost"})").find("'lost'"), std::string::npos);
    EXPECT_NE(refusal_of(R"({"state": 3})").find("state"), std::string::npos);
}

TEST(UploadedMetadata, the_old_name_of_the_date_counts_unless_there_is_the_new_one)
{
    EXPECT_EQ(read_uploaded_metadata(R"({"date": "2024-01-01_12:00:00.123"})")->created, "2024-01-01_12:00:00.123");
    EXPECT_EQ(read_uploaded_metadata(R"({"date": "2024-01-01_12:00:00", "created": "2025-01-01_12:00:00"})")->created,
              "2025-01-01_12:00:00");
}

TEST(UploadedMetadata, a_wrong_date_is_named)
{
    EXPECT_NE(refusal_of(R"({"created": "yesterday"})").find("created: 'yesterday'"), std::string::npos);
    EXPECT_NE(refusal_of(R"({"created": "2024-02-30T12:00:00"})").find("created"), std::string::npos);
}

TEST(UploadedMetadata, what_is_no_object_is_refused)
{
    EXPECT_NE(refusal_of("[]"), "none");
    EXPECT_NE(refusal_of("{"), "none");
}

} // namespace
} // namespace learning_loop
