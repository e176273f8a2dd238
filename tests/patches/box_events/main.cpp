// A detector that finds nothing but its image's size, reached over Socket.IO: runs what event.patch adds.
#include "learning_loop/detector/detector_parts.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"

#include <memory>

namespace learning_loop {

std::shared_ptr<void> add_box_events(socketio::Events& events, Detector& detector); // of the patch

namespace {

class SizeOfImage final : public DetectorLogic {
public:
    Result<ImageMetadata> evaluate(cv::Mat const& bgr) override
    {
        ImageMetadata found;
        found.box_detections.push_back({"image", 0, 0, bgr.cols, bgr.rows, "1.0", 1.0, {}});
        return found;
    }
};

struct EventParts final : Parts {
    EventParts(Runner& runner, DetectorKind const& kind, DetectorSettings const& settings)
        : parts(runner, kind, settings, "00000000-0000-0000-0000-000000000000"),
          events(add_box_events(parts.socketio.of("/").events, parts.detector))
    {}

    void start(TaskGroup& tasks) override { parts.start(tasks); }
    Task<> disconnect() override { return parts.disconnect(); }
    Task<bool> finish() override { return parts.finish(); }

    DetectorParts parts;
    std::shared_ptr<void> events;
};

} // namespace
} // namespace learning_loop

int main(int argc, char** argv)
{
    using namespace learning_loop;
    DetectorFactory const factory = [](ModelInformation const&) -> Result<std::unique_ptr<DetectorLogic>> {
        return std::make_unique<SizeOfImage>();
    };
    DetectorKind const kind{"size_of_image", "", [factory](DetectorSettings const&) { return factory; }};
    auto const read = read_detector_settings(kind.name, {argc, argv});
    if (!read) return refuse_settings(kind.name, read.error());
    if (!*read) return 0;
    auto const& settings = **read;
    Program program;
    program.name = kind.name;
    program.options = server_options(settings, settings.data_folder);
    program.data_folder = settings.data_folder;
    program.build = [&](Runner& runner) -> Result<std::unique_ptr<Parts>> {
        return std::make_unique<EventParts>(runner, kind, settings);
    };
    return run_program(std::move(program));
}
