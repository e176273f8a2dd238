#include "learning_loop/detector/page/live_page.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/detector/page/live_page_files.h"
#include "learning_loop/detector/page/recent_frames.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/node/page/page_files.h"

namespace learning_loop {
namespace {

struct AfterFrame {
    std::uint64_t after = 0;
};
BOOST_DESCRIBE_STRUCT(AfterFrame, (), (after))

struct FramePath {
    std::uint64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(FramePath, (), (number))

LiveFrame live_frame(RecentFrame const& frame)
{
    return {frame.number,    frame.received,     frame.camera, frame.source,     frame.width_px,
            frame.height_px, frame.milliseconds, frame.causes, frame.detections, frame.found};
}

class LivePage {
public:
    LivePage(RecentFrames const& frames, std::function<LiveStatus()> status)
        : frames_(frames), status_(std::move(status))
    {}

    void add_to(http::Router& router)
    {
        router.get("/live", *this, &LivePage::snapshot)
            .summary("How the node is, and its last frames: those whose number is greater than `after`.")
            .open_to(http::Access::operators);
        router.get("/live/frames/{number}", *this, &LivePage::picture)
            .summary("A small picture of one of the last frames.")
            .open_to(http::Access::operators)
            .operation.gives("image/jpeg");
    }

private:
    Task<Result<LiveSnapshot>> snapshot(http::FromQuery<AfterFrame> wanted)
    {
        LiveSnapshot snapshot{started_, timestamp_now(), status_(), {}};
        for (auto const& frame : frames_.list()) {
            if (frame.number > wanted->after) snapshot.frames.push_back(live_frame(frame));
        }
        co_return snapshot;
    }

    /// It is not to be stored: after a restart another frame has the number.
    Task<Result<http::Response>> picture(http::FromPath<FramePath> wanted)
    {
        auto const* frame = frames_.find(wanted->number);
        if (!frame) {
            co_return Error{Errc::not_found,
                            "frame " + std::to_string(wanted->number) + " is not kept: GET /live lists those that are"};
        }
        http::Response response;
        response.content_type = "image/jpeg";
        response.headers.add("Cache-Control", "no-store");
        response.body = frame->jpeg;
        co_return response;
    }

    RecentFrames const& frames_;
    std::function<LiveStatus()> status_;
    std::string started_ = timestamp_now();
};

} // namespace

void add_live_page(http::Router& router, RecentFrames const& frames, std::function<LiveStatus()> status)
{
    add_page_files(router, "What the node sees and how it is, for people.",
                   {live_html(), live_css(), live_js(), std::string(live_icon())});
    router.keep<LivePage>(frames, std::move(status));
}

} // namespace learning_loop
