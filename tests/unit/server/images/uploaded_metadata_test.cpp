#include "learning_loop/server/images/uploaded_metadata.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

std::string refusal_of(std::string_view json)
{
    auto const uploaded = read_uploaded_metadata(json);
    return uploaded ? "none" : uploaded.error().message;
}

ImageMetadata metadata_of(std::string_view json)
{
    return read_uploaded_metadata(json).value().metadata;
}

/// What is remarked on, as `field: reason`.
std::vector<std::string> remarks_on(std::string_view json)
{
    auto uploaded = read_uploaded_metadata(json).value();
    settle_date(uploaded.metadata, uploaded.remarks);
    std::vector<std::string> remarks;
    for (auto const& remark : uploaded.remarks.list()) remarks.push_back(remark.field + ": " + remark.reason);
    return remarks;
}

std::optional<std::string> date_of(std::string const& json)
{
    auto uploaded = read_uploaded_metadata(json).value();
    settle_date(uploaded.metadata, uploaded.remarks);
    return uploaded.metadata.created;
}

using Texts = std::vector<std::string>;

TEST(UploadedMetadata, a_confidence_above_one_is_a_percentage)
{
    auto const metadata = metadata_of(R"({"box_detections": [
        {"category_name": "a", "x": 1, "y": 2, "width": 3, "height": 4, "model_name": "1", "confidence": 42},
        {"category_name": "a", "x": 1, "y": 2, "width": 3, "height": 4, "model_name": "1", "confidence": 0.5}]})");
    EXPECT_DOUBLE_EQ(metadata.box_detections[0].confidence, 0.42);
    EXPECT_DOUBLE_EQ(metadata.box_detections[1].confidence, 0.5);
}

TEST(UploadedMetadata, what_cannot_be_read_is_set_aside_and_told_with_its_text)
{
    auto const text = R"({"classification_detections": [{"category_name": "a", "model_name": "1", "confidence": 101}],
        "box_detections": 5, "tags": ["a", 7, ""], "source": [1], "created": 2024})";
    auto const uploaded = read_uploaded_metadata(text).value();
    Texts fields;
    for (auto const& remark : uploaded.remarks.list()) fields.push_back(remark.field);
    EXPECT_EQ(fields,
              (Texts{"box_detections", "classification_detections[0]", "tags[1]", "tags", "source", "created"}));
    EXPECT_EQ(uploaded.remarks.list()[0].value, "5");
    EXPECT_EQ(uploaded.metadata.tags, Texts{"a"});
    EXPECT_TRUE(uploaded.metadata.classification_detections.empty());
}

TEST(UploadedMetadata, numbers_that_are_none_cost_their_mark_alone)
{
    auto const uploaded = read_uploaded_metadata(R"({"point_detections": [
        {"category_name": "a", "x": NaN, "y": 2, "model_name": "1", "confidence": 0.5},
        {"category_name": "a", "x": 1e400, "y": 2, "model_name": "1", "confidence": 0.5},
        {"category_name": "a", "x": 1, "y": 2, "model_name": "1", "confidence": -Infinity},
        {"category_name": "a", "x": 1, "y": 2, "model_name": "1", "confidence": 0.5}]})")
                              .value();
    EXPECT_EQ(uploaded.metadata.point_detections.size(), 1u);
    EXPECT_EQ(uploaded.remarks.list().size(), 3u);
}

TEST(UploadedMetadata, a_million_wrong_boxes_leave_a_bounded_number_of_remarks)
{
    std::string text = R"({"box_detections": [)";
    for (int i = 0; i < 100'000; ++i) text += "{},";
    text.back() = ']';
    auto const remarks = read_uploaded_metadata(text + "}").value().remarks.list();
    ASSERT_EQ(remarks.size(), Remarks::max_remarks + 1);
    EXPECT_EQ(remarks.back().reason, "and 99950 more, which are not kept");
}

TEST(UploadedMetadata, every_known_state_is_honoured_and_none_is_left_to_the_loop)
{
    EXPECT_EQ(metadata_of(R"({"state": "backlog"})").state, ImageState::backlog);
    EXPECT_EQ(metadata_of(R"({"state": "trash"})").state, ImageState::trash);
    EXPECT_EQ(metadata_of(R"({"state": null})").state, std::nullopt);
    EXPECT_NE(refusal_of(R"({"state": "lost"})").find("'lost'"), std::string::npos);
    EXPECT_NE(refusal_of(R"({"state": 3})").find("state"), std::string::npos);
}

TEST(UploadedMetadata, the_old_name_of_the_date_counts_unless_there_is_the_new_one)
{
    EXPECT_EQ(date_of(R"({"date": "2024-01-01_12:00:00.123"})"), "2024-01-01T12:00:00.123");
    EXPECT_EQ(date_of(R"({"date": "2024-01-01_12:00:00", "created": "2025-01-01_12:00:00"})"), "2025-01-01T12:00:00");
    EXPECT_EQ(date_of(R"({"date": "2024-01-01_12:00:00", "created": null})"), "2024-01-01T12:00:00");
}

TEST(UploadedMetadata, the_instant_of_an_odd_date_is_kept_and_its_text_beside_it)
{
    EXPECT_EQ(date_of(R"({"created": "2023-01-30 12:34:56"})"), "2023-01-30T12:34:56");
    EXPECT_EQ(date_of(R"({"created": "2023-01-30"})"), "2023-01-30T00:00:00");
    EXPECT_EQ(date_of(R"({"created": "2024-01-01T12:00:00.123456789Z"})"), "2024-01-01T12:00:00.123456+00:00");
    EXPECT_EQ(remarks_on(R"({"created": "2024-01-01T12:00:00.123456789Z"})"),
              Texts{"created: is kept to the microsecond and without a leap second"});
    EXPECT_EQ(date_of(R"({"created": "2016-12-31T23:59:60z"})"), "2017-01-01T00:00:00+00:00");
    EXPECT_EQ(date_of(R"({"created": ""})"), std::nullopt);
    EXPECT_EQ(remarks_on(R"({"created": ""})"), Texts());
}

TEST(UploadedMetadata, what_is_no_date_is_the_time_of_arrival_and_told)
{
    EXPECT_EQ(date_of(R"({"created": "yesterday"})"), std::nullopt);
    EXPECT_EQ(remarks_on(R"({"created": "2024-02-30T12:00:00"})"),
              Texts{"created: is no date: the time of arrival stands in its place"});
}

TEST(UploadedMetadata, what_is_no_object_is_refused)
{
    EXPECT_NE(refusal_of("[]"), "none");
    EXPECT_NE(refusal_of("{"), "none");
}

} // namespace
} // namespace learning_loop
