#include "learning_loop/detector/detect_api.h"

#include "support/multipart_body.h"
#include "unit/detector/detector_fixture.h"

namespace learning_loop {
namespace {

using Pairs = http::Headers::List;

struct DetectApiTest : test::DetectorFixture {
    http::Router router;

    DetectApiTest() { add_detect_api(router, detector, ImageLimits()); }

    http::Response send(std::string const& path, std::string const& type, std::string body, Pairs const& headers = {},
                        Pairs query = {})
    {
        http::Request request;
        request.query = std::move(query);
        request.headers.add("Content-Type", type);
        request.body = std::move(body);
        for (auto const& [name, value] : headers) request.headers.add(name, value);
        return io.run(http::Router::answer_to(*router.match("POST", path)->route, std::move(request)));
    }
    http::Response detect(Pairs const& headers = {}, std::string const& image = test::a_jpeg())
    {
        return send("/detect", test::multipart_type, test::multipart_body({{"a.jpg", image}}, "file"), headers);
    }
    http::Response upload(std::vector<std::string> const& images, Pairs const& headers = {}, Pairs query = {})
    {
        Pairs files;
        for (auto const& image : images) files.emplace_back("a.jpg", image);
        return send("/upload", test::multipart_type, test::multipart_body(files), headers, std::move(query));
    }
    void expect_refused(http::Response const& response, int status, std::string const& text)
    {
        EXPECT_EQ(response.status, status);
        auto const& body = std::get<std::string>(response.body);
        EXPECT_NE(body.find(text), std::string::npos) << body;
        EXPECT_TRUE(kept().empty());
    }
};

std::string const& text_of(http::Response const& response)
{
    return std::get<std::string>(response.body);
}

TEST_F(DetectApiTest, answers_with_what_was_found)
{
    auto const response = detect({{"autoupload", "disabled"}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(
        text_of(response),
        R"({"box_detections":[{"category_name":"weed","x":10,"y":20,"width":30,"height":40,)"
        R"("model_name":"1.3","confidence":0.45,)"
        R"("category_id":"w"}],"point_detections":[],"segmentation_detections":[],"classification_detections":[],)"
        R"("box_annotations":[],"point_annotations":[],"classification_annotation":null,"tags":[],)"
        R"("created":null,"source":null,)"
        R"("state":null})");
}

TEST_F(DetectApiTest, tells_what_is_wrong_beside_the_image_before_it_looks_at_the_body)
{
    auto const response = send("/detect", "", "", {{"creation-date", "yesterday"}});
    expect_refused(response, 422, "datetime_parsing");
    expect_refused(send("/detect", "", ""), 422, R"("loc":["body","file"])");
}

TEST_F(DetectApiTest, answers_with_the_tags_of_the_logic_and_then_the_requests)
{
    findings->next->tags = {"dark"};
    auto const response =
        detect({{"tags", " front, ,rear ,,"}, {"source", "robot"}, {"creation-date", "2024-01-31_12:00:00.123"}});
    auto const found = from_json<ImageMetadata>(parse_json(text_of(response), "answer").value()).value();
    EXPECT_EQ(found.tags, (std::vector<std::string>{"dark", "front", "rear"})); // and not the causes
    EXPECT_EQ(found.source, "robot");
    EXPECT_EQ(found.created, "2024-01-31_12:00:00.123");
}

TEST_F(DetectApiTest, joins_the_tags_of_several_headers_and_takes_no_two_cameras)
{
    auto const response = detect({{"tags", "front, rear"}, {"autoupload", "all"}, {"tags", "left"}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(kept().at(0).metadata.tags, (std::vector<std::string>{"front", "rear", "left"}));
    EXPECT_EQ(detect({{"camera-id", "left"}, {"camera-id", "right"}}).status, 400);
    EXPECT_EQ(detect({{"camera-id", "left"}, {"camera-id", "left"}}).status, 200);
}

TEST_F(DetectApiTest, keeps_what_is_uncertain_with_its_causes_as_tags)
{
    auto const jpeg = test::a_jpeg(20, 10);
    auto const response = detect({{"camera-id", "front"}, {"tags", "a"}, {"source", "robot"}}, jpeg);
    EXPECT_EQ(response.headers.find("Upload-Causes"), "uncertain");
    auto const all = kept();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].jpeg, jpeg);
    EXPECT_EQ(all[0].metadata.tags, (std::vector<std::string>{"a", "uncertain"}));
    EXPECT_EQ(all[0].metadata.source, "robot");
    EXPECT_EQ(all[0].metadata.box_detections.at(0).category_id, "w");
    EXPECT_TRUE(all[0].metadata.created);
    EXPECT_FALSE(all[0].priority);
}

TEST_F(DetectApiTest, does_not_keep_what_the_camera_has_just_shown)
{
    detect({{"camera-id", "front"}});
    EXPECT_EQ(detect({{"camera-id", "front"}}).headers.find("Upload-Causes"), std::nullopt);
    EXPECT_EQ(kept().size(), 1u);
    detect({{"camera-id", "rear"}});
    EXPECT_EQ(kept().size(), 2u);
}

TEST_F(DetectApiTest, reads_the_camera_under_all_its_names)
{
    detect({{"camera-id", "front"}});
    for (auto const* name : {"camera_id", "mac", "Camera-Id"}) {
        EXPECT_EQ(detect({{name, "front"}}).headers.find("Upload-Causes"), std::nullopt) << name;
    }
}

TEST_F(DetectApiTest, refuses_a_camera_whose_name_is_too_long_to_be_remembered)
{
    EXPECT_EQ(detect({{"autoupload", "disabled"}, {"camera-id", std::string(1000, 'c')}}).status, 200);
    expect_refused(detect({{"autoupload", "all"}, {"camera-id", std::string(1001, 'c')}}), 422,
                   "camera-id: is longer than 1000 bytes: give each camera a shorter name");
}

TEST_F(DetectApiTest, keeps_everything_or_nothing_when_told_to)
{
    findings->next->box_detections.clear();
    EXPECT_EQ(detect({{"autoupload", "all"}}).headers.find("Upload-Causes"), "all");
    ASSERT_EQ(kept().size(), 1u);
    EXPECT_TRUE(kept()[0].metadata.tags.empty());
    findings->next->box_detections = {{"weed", 10, 20, 30, 40, "", 0.45, std::nullopt}};
    EXPECT_EQ(detect({{"autoupload", "disabled"}}).headers.find("Upload-Causes"), std::nullopt);
    EXPECT_EQ(kept().size(), 1u);
}

TEST_F(DetectApiTest, keeps_a_png_as_jpeg)
{
    EXPECT_EQ(detect({{"autoupload", "all"}}, test::sample_image("rgba.png")).status, 200);
    EXPECT_EQ(read_image_header(kept().at(0).jpeg).value().format, ImageFormat::jpeg);
}

TEST_F(DetectApiTest, keeps_priority_images_apart)
{
    detect({{"autoupload", "all"}, {"upload-priority", "ON"}});
    EXPECT_TRUE(kept().at(0).priority);
}

TEST_F(DetectApiTest, says_that_the_file_is_missing_as_peers_know_it)
{
    auto const* text = R"({"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required","input":null}]})";
    expect_refused(send("/detect", "", ""), 422, text);
    expect_refused(send("/detect", test::multipart_type, test::multipart_body({{"a.jpg", test::a_jpeg()}}, "image")),
                   422, text);
    expect_refused(send("/detect", test::multipart_type, test::multipart_body({})), 422, text);
}

TEST_F(DetectApiTest, refuses_what_is_no_form)
{
    expect_refused(send("/detect", "application/json", "{}"), 400, "Content-Type must be multipart/form-data");
    expect_refused(send("/detect", test::multipart_type, "no form"), 400, "multipart body: ");
}

TEST_F(DetectApiTest, refuses_what_is_no_image)
{
    EXPECT_EQ(detect({{"autoupload", "all"}}, "just text").status, 400);
    EXPECT_EQ(detect({{"autoupload", "all"}}, "").status, 400);
    auto const jpeg = test::sample_image("rgb_baseline.jpg");
    EXPECT_EQ(detect({{"autoupload", "all"}}, jpeg.substr(0, jpeg.size() / 2)).status, 400);
    EXPECT_TRUE(kept().empty());
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectApiTest, names_a_parameter_that_is_wrong)
{
    expect_refused(detect({{"autoupload", "sometimes"}}), 422,
                   "autoupload: 'sometimes' is unknown: use filtered, all or disabled");
    expect_refused(detect({{"creation-date", "yesterday"}}), 422, "creation-date: 'yesterday' is no date");
    expect_refused(detect({{"upload-priority", "perhaps"}}), 422,
                   "upload-priority: 'perhaps' is neither: use true or false");
    expect_refused(upload({test::a_jpeg()}, {}, {{"upload_priority", "perhaps"}}), 422,
                   R"("loc":["query","upload_priority"])");
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectApiTest, refuses_two_spellings_that_differ)
{
    expect_refused(detect({{"camera-id", "front"}, {"camera_id", "rear"}}), 400,
                   "camera-id: is given twice, as 'front' and 'rear'");
    expect_refused(detect({{"creation-date", "2024-01-31T12:00:00"}, {"creation_date", "2024-01-31T12:00:01"}}), 400,
                   "creation-date");
    EXPECT_EQ(detect({{"camera-id", "front"}, {"camera_id", "front"}}).status, 200);
}

TEST_F(DetectApiTest, reads_a_header_that_is_latin_1)
{
    auto const response = detect({{"autoupload", "all"}, {"tags", "M\xfcller"}});
    EXPECT_NE(text_of(response).find("\"tags\":[\"M\xc3\xbcller\"]"), std::string::npos) << text_of(response);
    EXPECT_EQ(kept().at(0).metadata.tags, (std::vector<std::string>{"M\xc3\xbcller"}));
}

TEST_F(DetectApiTest, takes_an_empty_parameter_for_none)
{
    EXPECT_EQ(
        detect({{"autoupload", ""}, {"camera-id", ""}, {"tags", ""}, {"source", ""}, {"creation-date", ""}}).status,
        200);
    EXPECT_EQ(kept().at(0).metadata.source, std::nullopt);
}

TEST_F(DetectApiTest, hands_on_what_the_logic_refuses)
{
    findings->next = Error{Errc::unavailable, "the camera is calibrated"};
    auto const response = detect();
    expect_refused(response, 503, "the camera is calibrated");
    EXPECT_EQ(response.headers.find("Retry-After"), "1");
}

TEST_F(DetectApiTest, says_when_an_image_could_not_be_kept_and_takes_its_like_for_news_again)
{
    {
        test::ShortOfSpace const limit(100);
        expect_refused(detect({{"camera-id", "front"}}), 507, "free some space");
    }
    EXPECT_EQ(detect({{"camera-id", "front"}}).headers.find("Upload-Causes"), "uncertain");
    EXPECT_EQ(kept().size(), 1u);
}

TEST_F(DetectApiTest, keeps_what_is_uploaded)
{
    auto const first = test::a_jpeg(8, 8, 1);
    auto const second = test::a_jpeg(8, 8, 200);
    auto const response = upload({first, second}, {{"tags", "a"}}, {{"source", "robot"}, {"upload_priority", "true"}});
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(text_of(response), R"([200,"OK"])");
    auto const all = kept();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].jpeg, first);
    EXPECT_EQ(all[1].jpeg, second);
    EXPECT_TRUE(all[0].priority);
    EXPECT_EQ(all[0].metadata.source, "robot");
    EXPECT_EQ(all[0].metadata.tags, (std::vector<std::string>{"a", "picked_by_system"}));
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectApiTest, uploads_all_or_nothing)
{
    expect_refused(upload({test::a_jpeg(), "no image"}), 400, "files[1]: ");
    test::ShortOfSpace const limit(5000);
    auto const jpeg = test::a_jpeg();
    auto const too_long = test::a_jpeg() + std::string(6000, '\0') + "\xff\xd9";
    expect_refused(upload({jpeg, too_long}), 507, "free some space");
}

TEST_F(DetectApiTest, says_that_the_files_are_missing_as_peers_know_it)
{
    auto const* text = R"({"detail":[{"type":"missing","loc":["body","files"],"msg":"Field required","input":null}]})";
    expect_refused(send("/upload", "", ""), 422, text);
    expect_refused(upload({}), 422, text);
    expect_refused(upload({test::a_jpeg()}, {{"source", "a"}}, {{"source", "b"}}), 400, "source: is given twice");
}

TEST_F(DetectApiTest, needs_no_model_for_an_upload)
{
    DetectionService without_model(io.executor(), test::fake_factory(findings), 1);
    Detector not_ready(without_model, filter, keeper, metrics, recent);
    http::Router other;
    add_detect_api(other, not_ready, ImageLimits());
    auto const ask = [&](std::string const& path, std::string const& field) {
        http::Request request;
        request.headers.add("Content-Type", test::multipart_type);
        request.body = test::multipart_body({{"a", test::a_jpeg()}}, field);
        return io.run(http::Router::answer_to(*other.match("POST", path)->route, std::move(request))).status;
    };
    EXPECT_EQ(ask("/upload", "files"), 200);
    EXPECT_EQ(ask("/detect", "file"), 503);
}

} // namespace
} // namespace learning_loop
