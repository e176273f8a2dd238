#include "learning_loop/data/image_metadata.h"

#include "learning_loop/json/json.h"
#include "learning_loop/json/schema.h"

#include "support/golden_json.h"

namespace learning_loop {
namespace {

Result<ImageMetadata> read(std::string_view text)
{
    auto const document = parse_json(text, "metadata");
    if (!document) return document.error();
    return from_json<ImageMetadata>(*document);
}

std::string message_of(std::string_view text)
{
    auto const metadata = read(text);
    return metadata ? "no error" : metadata.error().message;
}

constexpr auto* empty_text =
    R"({"box_detections":[],"point_detections":[],"segmentation_detections":[],"classification_detections":[],)"
    R"("box_annotations":[],"point_annotations":[],"classification_annotation":null,"tags":[],)"
    R"("created":null,"source":null,"state":null})";

constexpr auto* full_text =
    R"({"box_detections":[{"category_name":"weed","x":1,"y":2,"width":3,"height":4,"model_name":"1.3",)"
    R"("confidence":0.45,"category_id":"a"}],)"
    R"("point_detections":[{"category_name":"crop","x":1.5,"y":2.0,"model_name":"1.3","confidence":0.5,)"
    R"("category_id":null}],)"
    R"("segmentation_detections":[{"category_name":"soil","shape":"1,2,3,4","model_name":"1.3",)"
    R"("confidence":1.0,"category_id":null}],)"
    R"("classification_detections":[{"category_name":"field","model_name":"1.3","confidence":0.9,"category_id":null}],)"
    R"("box_annotations":[{"category_name":"weed","x":1,"y":2,"width":3,"height":4,"category_id":"a"}],)"
    R"("point_annotations":[{"category_name":"crop","x":1.5,"y":2.0,"category_id":null}],)"
    R"("classification_annotation":{"category_name":"field","category_id":"c"},"tags":["uncertain","front"],)"
    R"("created":"2024-01-31T12:00:00.123","source":"robot","state":"annotate"})";

TEST(ImageMetadata, writes_what_is_absent)
{
    EXPECT_EQ(to_text(to_json(ImageMetadata{})), empty_text);
}

TEST(ImageMetadata, has_a_golden_form)
{
    EXPECT_EQ(to_text(to_json(read(full_text).value())), full_text);
}

TEST(ImageMetadata, reads_nothing_as_empty)
{
    EXPECT_EQ(to_text(to_json(read("{}").value())), empty_text);
    EXPECT_EQ(to_text(to_json(read(R"({"box_detections": null, "tags": null, "uuid": 7})").value())), empty_text);
}

TEST(ImageMetadata, reads_fields_in_any_order)
{
    auto const metadata = read(R"({"state": "review", "tags": ["a"], "box_detections": [
        {"confidence": 1, "model_name": "1", "height": 4.0, "width": 3.4, "y": 2, "x": 1, "category_name": "weed"}]})");
    EXPECT_EQ(metadata.value().state, ImageState::review);
    EXPECT_EQ(metadata->box_detections.at(0).width, 3);
}

TEST(ImageMetadata, knows_the_former_names_of_its_date)
{
    auto const created = [](std::string_view text) { return read(text).value().created; };
    EXPECT_EQ(created(R"({"creation_date": "2023-01-30T12:34:56"})"), "2023-01-30T12:34:56");
    EXPECT_EQ(created(R"({"creation_date": "2023-01-30T12:34:56", "created": null})"), "2023-01-30T12:34:56");
    EXPECT_EQ(created(R"({"date": "2023-01-30_12:34:56.789"})"), "2023-01-30_12:34:56.789");
    EXPECT_EQ(created(R"({"creation_date": "old", "date": "older", "created": "2023-01-30T12:34:56"})"),
              "2023-01-30T12:34:56");
    EXPECT_EQ(created(R"({"creation_date": null, "date": null})"), std::nullopt);
    EXPECT_EQ(message_of(R"({"creation_date": 3})"), "creation_date: expected a text");
}

TEST(ImageMetadata, takes_a_percentage_for_a_confidence)
{
    auto const metadata =
        read(R"({"classification_detections": [{"category_name": "a", "model_name": "1", "confidence": 42}]})");
    EXPECT_DOUBLE_EQ(metadata.value().classification_detections.at(0).confidence, 0.42);
}

TEST(ImagesMetadata, have_a_golden_form)
{
    test::expect_golden(ImagesMetadata{}, R"({"items":[]})");
    test::expect_golden(ImagesMetadata{{{}, {}}}, R"({"items":[)" + std::string(empty_text) + "," + empty_text + "]}");
}

TEST(ImagesMetadata, read_their_items_like_single_ones)
{
    EXPECT_EQ(test::read<ImagesMetadata>(R"({"items":[{"creation_date":"x"}]})").value().items.at(0).created, "x");
    EXPECT_EQ(test::message_of<ImagesMetadata>(R"({"items":[{}, {"tags":[1]}]})"), "items[1].tags[0]: expected a text");
}

TEST(ImageMetadata, is_described_by_name)
{
    SchemaCollector collector;
    schema_of<ImageMetadata>(collector);
    std::string names;
    for (auto const& member : collector.schemas()) names.append(member.key()).append(" ");
    EXPECT_EQ(names, "BoxAnnotation BoxDetection ClassificationAnnotation ClassificationDetection ImageMetadata "
                     "PointAnnotation PointDetection SegmentationDetection ");
}

TEST(ImageMetadata, counts_detections_of_all_kinds)
{
    EXPECT_EQ(detection_count(read(full_text).value()), 4u);
    EXPECT_EQ(detection_count(ImageMetadata{}), 0u);
}

TEST(ImageMetadata, names_the_path_of_what_is_wrong)
{
    std::string const box =
        R"({"category_name":"a","x":1,"y":2,"width":3,"height":4,"model_name":"1","confidence":0.5})";
    std::string const broken =
        R"({"category_name":"a","x":1,"y":2,"width":"3","height":4,"model_name":"1","confidence":0.5})";
    EXPECT_EQ(message_of(R"({"box_detections":[)" + box + "," + box + "," + box + "," + broken + "]}"),
              "box_detections[3].width: expected a number of pixels");
    EXPECT_EQ(message_of(R"({"box_annotations":[{"category_name":"a","x":1,"y":2,"width":3}]})"),
              "box_annotations[0].height: is missing");
    EXPECT_EQ(message_of(R"({"classification_annotation":{}})"), "classification_annotation.category_name: is missing");
    EXPECT_EQ(message_of(R"({"tags":["a",3]})"), "tags[1]: expected a text");
    EXPECT_EQ(message_of(R"({"state":"done"})"),
              "state: 'done' is unknown: use backlog, inbox, annotate, review, complete or trash");
}

TEST(ImageMetadata, refuses_malformed_documents)
{
    for (auto const* text :
         {"",
          "null",
          "[]",
          "3",
          "\"text\"",
          "{",
          R"({"tags":})",
          R"({"tags":"a"})",
          R"({"tags":{}})",
          R"({"tags":[null]})",
          R"({"box_detections":{}})",
          R"({"box_detections":[null]})",
          R"({"box_detections":[[]]})",
          R"({"box_detections":[{}]})",
          R"({"point_detections":[{"category_name":"a","x":null,"y":1,"model_name":"1","confidence":1}]})",
          R"({"point_detections":[{"category_name":"a","x":1,"y":1,"model_name":1.3,"confidence":1}]})",
          R"({"segmentation_detections":[{"category_name":"a","shape":"1,2,3","model_name":"1","confidence":1}]})",
          R"({"classification_detections":[{"category_name":"a","model_name":"1","confidence":"high"}]})",
          R"({"classification_annotation":[]})",
          R"({"created":1706702400})",
          R"({"source":["a"]})",
          R"({"point_detections":[{"category_name":"a","x":1e400,"y":1,"model_name":"1","confidence":1}]})",
          R"({"classification_detections":[{"category_name":"a","model_name":"1","confidence":-0.1}]})",
          R"({"box_annotations":[{"category_name":"a","x":1e10,"y":2,"width":3,"height":4}]})",
          R"({"box_annotations":[{"category_name":null,"x":1,"y":2,"width":3,"height":4}]})",
          "\xef\xbb\xbf{}",
          R"({"source":"\ud800"})",
          "{\"source\":\"\xff\"}",
          R"({"state":1})",
          R"({"state":""})"}) {
        auto const metadata = read(text);
        ASSERT_FALSE(metadata) << text;
        EXPECT_EQ(metadata.error().code, Errc::invalid_argument) << text;
    }
}

} // namespace
} // namespace learning_loop
