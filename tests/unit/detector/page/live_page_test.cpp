#include "learning_loop/detector/page/live_page.h"

#include "learning_loop/detector/page/live_page_files.h"
#include "learning_loop/detector/page/recent_frames.h"
#include "learning_loop/json/json.h"
#include "support/guarded_router.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct LivePageTest : testing::Test, test::GuardedRouter {
    RecentFrames frames;
    LiveStatus status;

    LivePageTest()
    {
        add_live_page(router, frames, [this] { return status; });
    }

    void add_frame(std::string camera)
    {
        RecentFrame frame;
        frame.camera = std::move(camera);
        frame.received = "2024-01-31T12:00:00.123456+00:00";
        frame.width_px = 640;
        frame.height_px = 480;
        frame.jpeg = "the picture of " + frame.camera;
        frame.found.box_detections = {{"weed", 1, 2, 3, 4, "1.3", 0.5, std::nullopt}};
        frames.add(std::move(frame));
    }

    LiveSnapshot snapshot(http::Headers::List query = {})
    {
        auto const json = parse_json(body_of("/live", std::move(query)), "snapshot").value();
        return from_json<LiveSnapshot>(json).value();
    }
};

TEST_F(LivePageTest, has_a_script_that_never_reads_text_as_html)
{
    auto const script = live_js();
    for (auto const* word : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("})
        EXPECT_EQ(script.find(word), std::string::npos) << word;
}

TEST_F(LivePageTest, shows_the_page_to_everybody_and_what_cameras_see_to_operators)
{
    add_frame("front");
    for (auto const* path : {"/", "/live.css", "/live.js", "/live.svg"})
        EXPECT_EQ(get(path, {}, "").status, 200) << path;
    for (auto const* path : {"/live", "/live/frames/1"}) {
        EXPECT_EQ(get(path, {}, "").status, 401) << path;
        EXPECT_EQ(get(path, {}, "of another").status, 401) << path;
        EXPECT_EQ(get(path).status, 200) << path;
    }
}

TEST_F(LivePageTest, tells_how_the_node_is_at_that_moment)
{
    status.name = "robot";
    status.outbox.images = 7;
    status.errors = {{"outbox", "the Loop is away"}};
    status.about.target_model = "1.4";
    EXPECT_EQ(snapshot().status.name, "robot");
    EXPECT_EQ(snapshot().status.errors.at("outbox"), "the Loop is away");
    EXPECT_EQ(snapshot().status.about.target_model, "1.4");
    status.outbox.images = 8;
    EXPECT_EQ(snapshot().status.outbox.images, 8u);
}

TEST_F(LivePageTest, tells_the_frames_after_one_that_is_known)
{
    EXPECT_TRUE(snapshot().frames.empty());
    for (auto const* camera : {"front", "rear", "left"}) add_frame(camera);
    auto const all = snapshot();
    ASSERT_EQ(all.frames.size(), 3u);
    EXPECT_EQ(all.frames[0].camera, "front");
    EXPECT_EQ(all.frames[0].received, "2024-01-31T12:00:00.123456+00:00");
    EXPECT_EQ(all.frames[0].detections, 1u);
    EXPECT_EQ(all.frames[0].found.box_detections.at(0).category_name, "weed");
    auto const later = snapshot({{"after", "2"}});
    ASSERT_EQ(later.frames.size(), 1u);
    EXPECT_EQ(later.frames[0].number, 3u);
    EXPECT_TRUE(snapshot({{"after", "3"}}).frames.empty());
    EXPECT_EQ(later.started, all.started);
    EXPECT_EQ(get("/live", {{"after", "yesterday"}}).status, 422);
}

TEST_F(LivePageTest, gives_the_picture_of_a_frame_by_its_number)
{
    add_frame("front");
    auto const picture = get("/live/frames/1");
    EXPECT_EQ(picture.content_type, "image/jpeg");
    EXPECT_EQ(body_of("/live/frames/1"), "the picture of front");
    EXPECT_EQ(picture.headers.find("Cache-Control"), "no-store"); // another run has another frame 1
}

TEST_F(LivePageTest, says_which_frame_it_does_not_keep)
{
    for (int i = 0; i < 20; ++i) add_frame("front");
    for (auto const* number : {"8", "21"}) {
        auto const answer = get("/live/frames/" + std::string(number));
        EXPECT_EQ(answer.status, 404);
        EXPECT_NE(std::get<std::string>(answer.body).find("frame " + std::string(number) + " is not kept"),
                  std::string::npos);
    }
    EXPECT_EQ(get("/live/frames/9").status, 200);
    EXPECT_EQ(get("/live/frames/first").status, 422);
}

} // namespace
} // namespace learning_loop
