#include "learning_loop/detector/detect_events.h"

#include "unit/detector/detector_fixture.h"

#include <stdexcept>

namespace learning_loop {
namespace {

struct DetectEventsTest : test::DetectorFixture {
    DetectEvents detect_events{detector, detection, ImageLimits()};
    socketio::Events events;

    DetectEventsTest() { detect_events.add_to(events); }

    /// The arguments of the ack, or `error: ...`.
    std::string ask(socketio::Events const& answering, std::string const& event, std::string const& json,
                    std::vector<std::string> const& attachments = {test::a_jpeg()})
    {
        socketio::Arguments arguments;
        arguments.values = parse_json("[" + json + "]", "the test's arguments").value().as_array();
        for (auto const& bytes : attachments) arguments.attachments.emplace_back(bytes);
        auto const peer = std::make_shared<socketio::Peer>();
        auto const answer = io.run(answering.answer_to(event, peer, std::move(arguments)));
        return answer ? to_text(answer->values) : "error: " + answer.error().message;
    }
    std::string ask(std::string const& event, std::string const& json,
                    std::vector<std::string> const& attachments = {test::a_jpeg()})
    {
        return ask(events, event, json, attachments);
    }
    static bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }
};

auto const an_image = R"({"image":{"_placeholder":true,"num":0}})";

TEST_F(DetectEventsTest, answer_an_image_with_what_it_shows_and_why_it_is_kept)
{
    findings->next->tags = {"dark"};
    auto const answer = ask("detect", R"({"image":{"format":"jpeg","bytes":{"_placeholder":true,"num":0}},)"
                                      R"("tags":["a"],"creation_date":"2024-01-31 12:00:00.123456789+0200"})");
    EXPECT_EQ(answer, R"([{"box_detections":[{"category_name":"weed","x":10,"y":20,"width":30,"height":40,)"
                      R"("model_name":"1.3","confidence":0.45,"category_id":"w"}],"point_detections":[],)"
                      R"("segmentation_detections":[],"classification_detections":[],"box_annotations":[],)"
                      R"("point_annotations":[],"classification_annotation":null,"tags":["dark","a"],)"
                      R"("created":"2024-01-31 12:00:00.123456789+0200","source":null,"state":null,)"
                      R"("upload_causes":["uncertain"]}])");
    ASSERT_EQ(kept().size(), 1u);
    EXPECT_EQ(kept()[0].metadata.created, "2024-01-31T12:00:00.123456+02:00");
}

TEST_F(DetectEventsTest, keep_an_array_as_a_jpeg)
{
    auto const answer = ask("detect",
                            R"({"image":{"bytes":{"_placeholder":true,"num":0},"dtype":"uint8","shape":[2,3,3]},)"
                            R"("autoupload":"all"})",
                            {std::string(18, '\x64')});
    EXPECT_TRUE(has(answer, R"("upload_causes":["all"])")) << answer;
    EXPECT_EQ(findings->sizes, std::vector{cv::Size(3, 2)});
    EXPECT_EQ(decode_image(kept().at(0).jpeg)->size(), cv::Size(3, 2));
}

TEST_F(DetectEventsTest, answer_a_batch_with_one_item_for_each_image)
{
    auto const answer =
        ask("batch_detect", R"({"images":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]})",
            {test::a_jpeg(8, 8), test::a_jpeg(16, 16)});
    auto const items = parse_json(answer, "answer")->at(0).at("items").as_array();
    ASSERT_EQ(items.size(), 2u) << answer;
    EXPECT_EQ(to_text(items[0].at("upload_causes")), R"(["uncertain"])");
    EXPECT_EQ(to_text(items[1].at("upload_causes")), "[]"); // the first image has shown it before
    EXPECT_EQ(findings->sizes, (std::vector{cv::Size(8, 8), cv::Size(16, 16)}));
}

TEST_F(DetectEventsTest, keep_an_upload_with_its_metadata)
{
    auto const answer = ask("upload", R"({"image":{"_placeholder":true,"num":0},"upload_priority":true,"metadata":)"
                                      R"({"state":"complete","box_annotations":[{"category_name":"weed","x":1,"y":2,)"
                                      R"("width":3,"height":4},{"category_name":"moon","x":1,"y":2,"width":3,)"
                                      R"("height":4,"category_id":"m"}]}})");
    EXPECT_EQ(answer, R"([{"status":"OK"}])");
    auto const all = kept();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_TRUE(all[0].priority);
    EXPECT_EQ(all[0].jpeg, test::a_jpeg());
    EXPECT_EQ(all[0].metadata.state, ImageState::complete);
    EXPECT_EQ(all[0].metadata.box_annotations.at(0).category_id, "w");
    EXPECT_EQ(all[0].metadata.box_annotations.at(1).category_id, "");
    EXPECT_EQ(all[0].metadata.tags, std::vector<std::string>{"picked_by_system"});
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectEventsTest, refuse_what_is_no_image_and_keep_nothing)
{
    for (auto const* event : {"detect", "upload"}) {
        EXPECT_TRUE(ask(event, an_image, {"no image"}).starts_with("error: image: ")) << ask(event, an_image, {"x"});
        EXPECT_TRUE(ask(event, "{}").starts_with("error: could not parse image from data: image"));
    }
    EXPECT_TRUE(ask("batch_detect", "{}").starts_with("error: could not parse images from data: images"));
    EXPECT_TRUE(ask("detect", R"({"image":{"_placeholder":true,"num":0},"autoupload":"sometimes"})")
                    .starts_with("error: autoupload: "));
    EXPECT_TRUE(kept().empty());
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectEventsTest, keep_none_of_a_batch_if_one_image_is_broken)
{
    auto const answer =
        ask("batch_detect",
            R"({"autoupload":"all","images":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]})",
            {test::a_jpeg(), "no image"});
    EXPECT_TRUE(answer.starts_with("error: images[1]: ")) << answer;
    EXPECT_TRUE(kept().empty());
}

TEST_F(DetectEventsTest, of_a_logic_that_throws_fail_alone)
{
    findings->before = [] { throw std::runtime_error("the secret of the house"); };
    auto const failed = ask("detect", an_image);
    EXPECT_TRUE(failed.starts_with("error: ")) << failed;
    EXPECT_FALSE(has(failed, "secret")) << failed; // the log has it
    findings->before = [] { throw 7; };
    EXPECT_TRUE(ask("detect", an_image).starts_with("error: "));
    findings->before = nullptr;
    EXPECT_TRUE(has(ask("detect", an_image), "box_detections"));
    EXPECT_EQ(kept().size(), 1u);
}

TEST_F(DetectEventsTest, tell_in_the_words_that_clients_know_that_there_is_no_model)
{
    DetectionService without_model(io.executor(), test::fake_factory(findings), 1);
    Detector not_ready(without_model, filter, keeper, metrics, recent);
    DetectEvents own(not_ready, without_model, {});
    socketio::Events answering;
    own.add_to(answering);
    EXPECT_EQ(ask(answering, "detect", an_image), "error: detector not yet initialized");
    EXPECT_EQ(ask(answering, "batch_detect", "{}"), "error: detector not yet initialized");
    auto const answer = ask(answering, "upload",
                            R"({"image":{"_placeholder":true,"num":0},"metadata":{"point_annotations":)"
                            R"([{"category_name":"moon","x":1,"y":2,"category_id":"m"}]}})");
    EXPECT_EQ(answer, R"([{"status":"OK"}])");
    EXPECT_EQ(kept().at(0).metadata.point_annotations.at(0).category_id, "m"); // without a model nobody knows better
}

} // namespace
} // namespace learning_loop
