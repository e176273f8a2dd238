#include "learning_loop/server/page/page_html.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

constexpr auto hostile = "<script>alert('1')</script>\"&";

PageFrame const frame{"http://127.0.0.1:8000", "", "admin"};

bool has(std::string const& page, std::string_view text)
{
    return page.find(text) != std::string::npos;
}

ProjectView view_of_field()
{
    ProjectView view;
    view.project = {1, "demo", "field", {{"c", "beet", {}, {}, {}, {}, "box"}}, {}};
    view.counts = {{ImageState::inbox, 17}, {ImageState::complete, 240}};
    StoredImage image;
    image.id = "00000000-0000-0000-0000-000000000001";
    image.created = "2024-01-31T12:00:00.123456";
    image.width = 640;
    image.height = 480;
    image.box_detections.push_back({"d", image.id, "c", "beet", 10, 20, 30, 40, 0.456, "1.0"});
    image.tags = {{"t", "uncertain"}};
    view.inbox = {image};
    view.models = {{"m", "1.0", {"onnx"}, "2024-01-31T12:00:00", ""}};
    return view;
}

TEST(PageHtml, shows_counts_images_boxes_tags_and_models)
{
    auto const view = view_of_field();
    auto const page = page_html(frame, {view.project}, view);
    EXPECT_TRUE(has(page, "<dt>inbox</dt><dd>17</dd>"));
    EXPECT_TRUE(has(page, "src=\"/api/demo/projects/field/images/00000000-0000-0000-0000-000000000001/thumb\""));
    EXPECT_TRUE(has(page, "href=\"/api/demo/projects/field/images/00000000-0000-0000-0000-000000000001/main\""));
    EXPECT_TRUE(has(page, "viewBox=\"0 0 640 480\""));
    EXPECT_TRUE(has(page, "<rect x=\"10\" y=\"20\" width=\"30\" height=\"40\"/>"));
    EXPECT_TRUE(has(page, "beet 0.46"));
    EXPECT_TRUE(has(page, "uncertain"));
    EXPECT_TRUE(has(page, "/models/m/onnx/file"));
    EXPECT_TRUE(has(page, "No deployment target"));
}

TEST(PageHtml, shows_dates_in_utc_whatever_zone_they_were_written_in)
{
    auto view = view_of_field();
    view.inbox[0].created = "2024-01-31T00:30:00.123456+02:00";
    view.models[0].created = "2024-01-31T12:00:00Z";
    ReportedDetector detector;
    detector.last_seen = "2024-01-31T12:00:00-03:00";
    view.detectors = {detector};
    auto page = page_html(frame, {view.project}, view);
    EXPECT_TRUE(has(page, "class=\"when\">2024-01-30 22:30:00 UTC<"));
    EXPECT_TRUE(has(page, "<td>2024-01-31 12:00:00</td>"));
    EXPECT_TRUE(has(page, "<td>2024-01-31 15:00:00</td>"));
    view.inbox[0].created = "some day";
    page = page_html(frame, {view.project}, view);
    EXPECT_TRUE(has(page, "class=\"when\">some day<"));
}

TEST(PageHtml, tells_of_an_image_whose_pixels_are_damaged_and_of_remarks)
{
    auto view = view_of_field();
    view.inbox[0].pixels = Pixels::broken;
    view.inbox[0].remarks = {{"created", "is no date", "yesterday"}};
    auto const page = page_html({"http://localhost:8000", "", "ann"}, {view.project}, view);
    EXPECT_TRUE(has(page, "pixels damaged"));
    EXPECT_TRUE(has(page, "remarks: 1"));
    EXPECT_FALSE(has(page, "/thumb\"")); // there is none
}

TEST(PageHtml, escapes_every_text_from_outside)
{
    auto view = view_of_field();
    auto& image = view.inbox[0];
    image.tags = {{"t", hostile}};
    image.created = hostile;
    image.box_detections[0].category_name = hostile;
    ReportedDetector detector;
    detector.name = detector.state = detector.last_seen = hostile;
    detector.current_model = detector.target_model = hostile;
    detector.errors[hostile] = hostile;
    view.detectors = {detector};
    view.target = {{"m", "1.0"}};
    auto const page = page_html(frame, {view.project}, view);
    EXPECT_FALSE(has(page, "<script"));
    EXPECT_FALSE(has(page, "alert('1')"));
    EXPECT_TRUE(has(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
}

TEST(PageHtml, links_to_the_other_projects)
{
    auto const view = view_of_field();
    store::Project const other{2, "demo", "other", {}, {}};
    auto const page = page_html(frame, {other, view.project}, view);
    EXPECT_TRUE(has(page, "href=\"/?organization=demo&amp;project=other\""));
    EXPECT_FALSE(has(page, "project=field\""));
}

TEST(PageHtml, has_every_link_below_the_path_of_its_proxy)
{
    auto const view = view_of_field();
    store::Project const other{2, "demo", "other", {}, {}};
    PageFrame const behind_proxy{"https://farm.example/loop", "/loop", "admin"};
    for (auto page : {page_html(behind_proxy, {other, view.project}, view), login_html("/loop", "")}) {
        for (auto const* attribute : {"href=\"", "src=\"", "action=\""}) {
            for (auto at = page.find(attribute); at != std::string::npos; at = page.find(attribute, at + 1))
                EXPECT_TRUE(page.substr(page.find('"', at) + 1).starts_with("/loop/")) << page.substr(at, 40);
        }
    }
}

TEST(PageHtml, of_the_login_tells_why_the_last_one_failed)
{
    EXPECT_TRUE(has(login_html("", hostile), "&lt;script&gt;"));
    EXPECT_FALSE(has(login_html("", hostile), "<script"));
    EXPECT_FALSE(has(login_html("", ""), "role=\"alert\""));
}

TEST(PageHtml, tells_how_to_begin_when_there_is_no_project)
{
    EXPECT_TRUE(has(page_html(frame, {}, std::nullopt), "projects/generator"));
}

TEST(PageHtml, needs_no_script_and_no_inline_style)
{
    auto const view = view_of_field();
    auto const page = page_html(frame, {view.project}, view);
    EXPECT_FALSE(has(page, "style=\""));
    EXPECT_FALSE(has(page, "<style"));
    EXPECT_TRUE(has(page, "href=\"/page.css\""));
}

} // namespace
} // namespace learning_loop
