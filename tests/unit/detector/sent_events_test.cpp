#include "learning_loop/detector/sent_events.h"

#include "learning_loop/json/json.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Tags = std::vector<std::string>;

/// An event with this object; `$0` stands for the first attachment.
socketio::Arguments event_of(std::string json, std::vector<std::string> const& attachments = {})
{
    socketio::Arguments arguments;
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        arguments.attachments.emplace_back(attachments[i]);
        auto const mark = "$" + std::to_string(i);
        auto const placeholder = R"({"_placeholder":true,"num":)" + std::to_string(i) + "}";
        for (auto at = json.find(mark); at != std::string::npos; at = json.find(mark))
            json.replace(at, mark.size(), placeholder);
    }
    arguments.values = parse_json("[" + json + "]", "the test's arguments").value().as_array();
    return arguments;
}

/// An object with an image and, behind it, these fields.
socketio::Arguments with_image(std::string const& fields = "")
{
    return event_of(R"({"image":{"format":"jpeg","bytes":$0})" + (fields.empty() ? "" : "," + fields) + "}",
                    {test::a_jpeg()});
}

Result<ImageNotes> notes_of(std::string const& fields)
{
    auto const request = read_detect_request(with_image(fields), {});
    if (!request) return request.error();
    return request->notes;
}

std::string refusal_of_notes(std::string const& fields)
{
    auto const notes = notes_of(fields);
    return notes ? "taken" : notes.error().message;
}

/// What is wrong with an image of these 12 bytes, without what every such message begins with.
std::string refusal_of_image(std::string const& image)
{
    auto const request = read_detect_request(event_of(R"({"image":)" + image + "}", {"123456789012"}), {});
    if (!request && request.error().code == Errc::invalid_argument) {
        std::string const begin = "could not parse image from data: ";
        EXPECT_TRUE(request.error().message.starts_with(begin)) << request.error().message;
        return request.error().message.substr(begin.size());
    }
    return request ? "taken" : "another error";
}

ImageMetadata metadata_of_upload(std::string const& fields)
{
    return read_upload_request(with_image(fields), {}).value().metadata;
}

std::string refusal_of_upload(std::string const& fields)
{
    auto const request = read_upload_request(with_image(fields), {});
    return request ? "taken" : request.error().message;
}

TEST(SentImageOfAnEvent, is_a_jpeg_file_that_tells_its_format)
{
    auto const request = read_detect_request(with_image(), {}).value();
    ASSERT_EQ(request.images.size(), 1u);
    EXPECT_EQ(request.images[0].bytes.view(), test::a_jpeg());
    EXPECT_FALSE(request.images[0].layout);
    EXPECT_EQ(request.images[0].name, "image");
}

TEST(SentImageOfAnEvent, is_the_file_alone_as_old_clients_send_it)
{
    auto const request = read_detect_request(event_of(R"({"image":$0})", {test::a_jpeg()}), {}).value();
    EXPECT_EQ(request.images.at(0).bytes.view(), test::a_jpeg());
    EXPECT_FALSE(request.images[0].layout);
}

TEST(SentImageOfAnEvent, is_an_array_of_pixels_with_or_without_a_format)
{
    for (auto const* format : {"", R"("format":"raw",)", R"("format":null,)"}) {
        auto const json = R"({"image":{)" + std::string(format) + R"("bytes":$0,"dtype":"uint8","shape":[2,1.0,3]}})";
        auto const request = read_detect_request(event_of(json, {"123456"}), {}).value();
        auto const& image = request.images.at(0);
        ASSERT_TRUE(image.layout) << format;
        EXPECT_EQ(image.layout->height_px, 2);
        EXPECT_EQ(image.layout->width_px, 1);
        EXPECT_EQ(image.layout->channels, 3);
        EXPECT_EQ(image.bytes.view(), "123456");
    }
}

TEST(SentImageOfAnEvent, that_lies_about_its_type_is_refused_by_name)
{
    for (auto const* dtype : {"O", "V100", "c16", "<f8", ">u2", "bool", "uint8 "}) {
        auto const image = R"({"bytes":$0,"dtype":")" + std::string(dtype) + R"(","shape":[2,2,3]})";
        EXPECT_TRUE(refusal_of_image(image).starts_with("image.dtype: '" + std::string(dtype) + "' is not taken"))
            << refusal_of_image(image);
    }
    for (auto const* dtype : {"8", "null", "[]", "{}", "$0"}) {
        auto const image = R"({"bytes":$0,"dtype":)" + std::string(dtype) + R"(,"shape":[2,2,3]})";
        EXPECT_TRUE(refusal_of_image(image).starts_with("image.dtype: ")) << refusal_of_image(image);
    }
    EXPECT_TRUE(refusal_of_image(R"({"bytes":$0,"shape":[2,2,3]})").starts_with("image.dtype"));
}

TEST(SentImageOfAnEvent, that_lies_about_its_shape_is_refused_by_name)
{
    for (auto const* shape : {"[2,2,4]",
                              "[2,2,2]",
                              "[2,2,1]",
                              "[1,1,12]",
                              "[2,2,5]",
                              "[12]",
                              "[]",
                              "[1,1,2,2,3]",
                              "[-2,-2,3]",
                              "[-1,2,3]",
                              "[0,2,3]",
                              "[2,0,3]",
                              "[2,2,0]",
                              "[1000000000000000000,1000000000000000000,3]",
                              "[4294967296,4294967296,4]",
                              "[9223372036854775807,1,1]",
                              "[2.5,2,3]",
                              "[2,2,\"3\"]",
                              "[1e300,2,3]",
                              "\"2,2,3\"",
                              "12",
                              "null",
                              "{}",
                              "[[2,2,3]]",
                              "[null,2,3]",
                              "$0"}) {
        auto const image = R"({"bytes":$0,"dtype":"uint8","shape":)" + std::string(shape) + "}";
        EXPECT_TRUE(refusal_of_image(image).starts_with("image.shape")) << shape << ": " << refusal_of_image(image);
    }
    EXPECT_TRUE(refusal_of_image(R"({"bytes":$0,"dtype":"uint8"})").starts_with("image.shape"));
}

TEST(SentImageOfAnEvent, without_its_bytes_is_refused_by_name)
{
    for (auto const* bytes : {"\"MTIz\"", "[1,2,3]", "12", "null", "{}", R"({"_placeholder":true,"num":1})",
                              R"({"_placeholder":true,"num":-1})", R"({"_placeholder":true})"}) {
        for (auto const* rest : {R"("dtype":"uint8","shape":[2,2,3])", R"("format":"jpeg")"}) {
            auto const image = R"({"bytes":)" + std::string(bytes) + "," + rest + "}";
            EXPECT_EQ(refusal_of_image(image), "image.bytes: expected bytes") << image;
        }
    }
    EXPECT_EQ(refusal_of_image(R"({"format":"jpeg"})"), "image.bytes: expected bytes");
    EXPECT_EQ(refusal_of_image(R"({"_placeholder":true,"num":7})"), "image: expected bytes");
}

TEST(SentImageOfAnEvent, that_has_more_pixels_than_are_accepted_is_too_large)
{
    ImageLimits limits;
    limits.max_pixels = 3;
    auto const event = event_of(R"({"image":{"bytes":$0,"dtype":"uint8","shape":[2,2,3]}})", {"123456789012"});
    auto const refused = read_detect_request(event, limits);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_TRUE(refused.error().message.starts_with("could not parse image from data: image.shape: [2, 2, 3] has "));
}

TEST(SentImageOfAnEvent, of_an_unknown_format_or_no_image_at_all_is_refused)
{
    EXPECT_EQ(refusal_of_image(R"({"format":"png","bytes":$0})"),
              "image.format: 'png' is unknown: send 'jpeg' with the file's bytes, or 'raw'");
    EXPECT_TRUE(refusal_of_image(R"({"format":1,"bytes":$0})").starts_with("image.format: "));
    for (auto const* image : {"\"text\"", "1", "[]", "true"})
        EXPECT_EQ(refusal_of_image(image), "image: expected an object with bytes, or the bytes of a JPEG file");
    EXPECT_TRUE(refusal_of_image("null").starts_with("image")) << refusal_of_image("null");
}

TEST(SentEvent, without_an_object_is_refused)
{
    for (auto const* json : {"", "1", "null", "[]", "\"text\""}) {
        auto const arguments = event_of(json);
        auto const refused = read_detect_request(arguments, {});
        ASSERT_FALSE(refused) << json;
        EXPECT_EQ(refused.error().message,
                  "could not parse image from data: argument 1: expected an object with the image in it");
        EXPECT_FALSE(read_batch_detect_request(arguments, {})) << json;
        EXPECT_FALSE(read_upload_request(arguments, {})) << json;
    }
}

TEST(SentNotesOfAnEvent, are_read)
{
    auto const notes = notes_of(R"("camera_id":"front","tags":["a","b, c"],"source":"robot",)"
                                R"("creation_date":"2024-01-31_12:00:00.123","autoupload":"all","unknown":1)")
                           .value();
    EXPECT_EQ(notes.camera, "front");
    EXPECT_EQ(notes.tags, (Tags{"a", "b, c"}));
    EXPECT_EQ(notes.source, "robot");
    EXPECT_EQ(notes.created, "2024-01-31_12:00:00.123");
    EXPECT_EQ(notes.autoupload, Autoupload::all);
}

TEST(SentNotesOfAnEvent, may_be_missing_null_or_empty)
{
    for (auto const* fields :
         {"", R"("camera_id":null,"tags":null,"source":null,"creation_date":null,"autoupload":null)",
          R"("camera_id":"","mac":"","tags":[],"creation_date":"")"}) {
        auto const notes = notes_of(fields).value();
        EXPECT_EQ(notes.camera, "") << fields;
        EXPECT_EQ(notes.tags, Tags()) << fields;
        EXPECT_EQ(notes.source, std::nullopt) << fields;
        EXPECT_EQ(notes.created, std::nullopt) << fields;
        EXPECT_EQ(notes.autoupload, Autoupload::filtered) << fields;
    }
}

TEST(SentNotesOfAnEvent, name_the_camera_by_any_key_that_clients_have_had)
{
    for (auto const* key : {"camera_id", "camera-id", "mac"})
        EXPECT_EQ(notes_of("\"" + std::string(key) + R"(":"front")")->camera, "front") << key;
    EXPECT_EQ(notes_of(R"("camera_id":"front","camera-id":"front","mac":"front")")->camera, "front");
    EXPECT_EQ(notes_of(R"("camera_id":"","mac":"front")")->camera, "front");
}

TEST(SentNotesOfAnEvent, name_no_two_cameras)
{
    EXPECT_EQ(refusal_of_notes(R"("camera_id":"front","mac":"rear")"),
              "mac: 'rear' differs from camera_id: 'front'; send one of them");
    EXPECT_EQ(refusal_of_notes(R"("camera-id":"front","camera_id":"rear")"),
              "camera-id: 'front' differs from camera_id: 'rear'; send one of them");
}

TEST(SentNotesOfAnEvent, keep_a_camera_of_1000_bytes_whole_and_refuse_a_longer_one_by_name)
{
    auto const longest = std::string(1000, 'c');
    EXPECT_EQ(notes_of(R"("mac":")" + longest + "\"")->camera, longest);
    EXPECT_EQ(refusal_of_notes(R"("mac":")" + longest + "c\""),
              "mac: is longer than 1000 bytes: give each camera a shorter name");
}

TEST(SentNotesOfAnEvent, that_are_wrong_are_refused_by_name)
{
    EXPECT_TRUE(refusal_of_notes(R"("autoupload":"sometimes")").starts_with("autoupload: "));
    EXPECT_TRUE(refusal_of_notes(R"("tags":"front")").starts_with("tags: "));
    EXPECT_TRUE(refusal_of_notes(R"("tags":["a",1])").starts_with("tags[1]: "));
    EXPECT_TRUE(refusal_of_notes(R"("source":1)").starts_with("source: "));
    EXPECT_TRUE(refusal_of_notes(R"("camera_id":1)").starts_with("camera_id: "));
    EXPECT_EQ(refusal_of_notes(R"("creation_date":"yesterday")"),
              "creation_date: 'yesterday' is no date: write it as 2024-01-31T12:00:00.123");
}

TEST(SentBatch, is_a_list_of_images_with_notes_for_all)
{
    auto const json = R"({"images":[{"format":"jpeg","bytes":$0},{"bytes":$1,"dtype":"u1","shape":[1,2]},$0],)"
                      R"("camera_id":"front","tags":null})";
    auto const request = read_batch_detect_request(event_of(json, {test::a_jpeg(), "12"}), {}).value();
    ASSERT_EQ(request.images.size(), 3u);
    EXPECT_EQ(request.images[1].name, "images[1]");
    EXPECT_EQ(request.images[1].layout->channels, 1);
    EXPECT_EQ(request.images[2].bytes.view(), test::a_jpeg());
    EXPECT_EQ(request.notes.camera, "front");
}

TEST(SentBatch, is_refused_with_the_name_of_the_image_that_is_wrong)
{
    auto const refusal = [](std::string const& images) {
        auto const request = read_batch_detect_request(event_of(R"({"images":)" + images + "}", {"12"}), {});
        return request ? "taken" : request.error().message;
    };
    EXPECT_EQ(refusal(R"([$0,{"bytes":$0,"dtype":"u1","shape":[1,3]}])"),
              "could not parse images from data: images[1].shape: [1, 3] tells of 3 bytes, but 2 came");
    EXPECT_EQ(
        refusal(R"([$0,7])"),
        "could not parse images from data: images[1]: expected an object with bytes, or the bytes of a JPEG file");
    for (auto const* images : {"[]", "{}", "$0", "1"})
        EXPECT_EQ(refusal(images), "could not parse images from data: images: expected a list of images, at least one");
    EXPECT_TRUE(refusal("null").starts_with("could not parse images from data: images"));
}

TEST(SentUpload, has_metadata_as_rosys_sends_it)
{
    auto const metadata = metadata_of_upload(
        R"("metadata":{"box_detections":[{"category_name":"weed","x":1,"y":2,"width":3,"height":4,"model_name":"m",)"
        R"("confidence":0.9,"uuid":"0f6c"}],"point_detections":[{"category_name":"crop","x":1.25,"y":2.75,)"
        R"("model_name":"m","confidence":0.5,"uuid":"0f6d"}],"segmentation_detections":[{"category_name":"soil",)"
        R"("shape":{"points":[{"x":0.5,"y":1.5},{"x":2,"y":3}]},"model_name":"m","confidence":1}],)"
        R"("box_annotations":[{"category_name":"weed","x":1,"y":2,"width":3,"height":4}],)"
        R"("point_annotations":[{"category_name":"weed","x":0.5,"y":1}],)"
        R"("classification_annotation":{"category_name":"wet"},"tags":["a"],"created":"2024-01-31T12:00:00",)"
        R"("source":"robot","state":"review","battery":0.7})");
    EXPECT_EQ(metadata.box_detections.at(0).category_id, std::nullopt);
    EXPECT_EQ(metadata.point_detections.at(0).x, 1.25);
    EXPECT_EQ(metadata.segmentation_detections.at(0).shape.points.at(0).y, 1.5);
    EXPECT_EQ(metadata.box_annotations.at(0).category_name, "weed");
    EXPECT_EQ(metadata.point_annotations.at(0).x, 0.5);
    EXPECT_EQ(metadata.classification_annotation->category_name, "wet");
    EXPECT_EQ(metadata.tags, Tags{"a"});
    EXPECT_EQ(metadata.created, "2024-01-31T12:00:00");
    EXPECT_EQ(metadata.source, "robot");
    EXPECT_EQ(metadata.state, ImageState::review);
}

TEST(SentUpload, tells_the_date_under_every_key_that_clients_have_had)
{
    for (auto const* key : {"created", "creation_date", "date"}) {
        auto const fields = R"("metadata":{")" + std::string(key) + R"(":"2024-01-31T12:00:00"})";
        EXPECT_EQ(metadata_of_upload(fields).created, "2024-01-31T12:00:00") << key;
    }
    EXPECT_EQ(metadata_of_upload(R"("creation_date":"2024-01-31T12:00:00")").created, "2024-01-31T12:00:00");
    EXPECT_TRUE(refusal_of_upload(R"("metadata":{"created":"yesterday"})").starts_with("metadata.created: "));
}

TEST(SentUpload, has_its_parts_beside_the_image_as_old_clients_send_them)
{
    auto const metadata = metadata_of_upload(
        R"("detections":{"box_detections":[{"category_name":"weed","x":1,"y":2,"width":3,"height":4,)"
        R"("model_name":"m","confidence":0.9}],"date":"2024-01-31T12:00:00","tags":["a"]},)"
        R"("tags":["b"],"source":"robot","mac":"front")");
    EXPECT_EQ(metadata.box_detections.at(0).category_name, "weed");
    EXPECT_EQ(metadata.tags, (Tags{"a", "b"}));
    EXPECT_EQ(metadata.source, "robot");
    EXPECT_EQ(metadata.created, "2024-01-31T12:00:00");
}

TEST(SentUpload, prefers_what_the_metadata_say)
{
    auto const metadata = metadata_of_upload(
        R"("metadata":{"source":"camera","created":"2024-01-31"},"source":"robot","creation_date":"2024-02-01")");
    EXPECT_EQ(metadata.source, "camera");
    EXPECT_EQ(metadata.created, "2024-01-31");
}

TEST(SentUpload, needs_no_metadata)
{
    for (auto const* fields : {"", R"("metadata":null,"detections":null,"tags":null)", R"("metadata":{"tags":null})"}) {
        auto const metadata = metadata_of_upload(fields);
        EXPECT_EQ(detection_count(metadata), 0u) << fields;
        EXPECT_EQ(metadata.tags, Tags()) << fields;
        EXPECT_EQ(metadata.created, std::nullopt) << fields;
    }
}

TEST(SentUpload, has_priority_if_it_says_so)
{
    EXPECT_FALSE(read_upload_request(with_image(), {})->priority);
    EXPECT_FALSE(read_upload_request(with_image(R"("upload_priority":null)"), {})->priority);
    EXPECT_TRUE(read_upload_request(with_image(R"("upload_priority":true)"), {})->priority);
    EXPECT_TRUE(refusal_of_upload(R"("upload_priority":"perhaps")").starts_with("upload_priority: "));
}

TEST(SentUpload, that_is_wrong_is_refused_with_the_path_of_the_fault)
{
    EXPECT_TRUE(refusal_of_upload(R"("metadata":[])").starts_with("metadata: "));
    EXPECT_TRUE(refusal_of_upload(R"("metadata":{"state":"lost"})").starts_with("metadata.state: "));
    EXPECT_TRUE(refusal_of_upload(R"("metadata":{"box_annotations":[{"category_name":"weed"}]})")
                    .starts_with("metadata.box_annotations[0]."));
    EXPECT_TRUE(
        refusal_of_upload(R"("detections":{"point_detections":[7]})").starts_with("detections.point_detections[0]: "));
}

} // namespace
} // namespace learning_loop
