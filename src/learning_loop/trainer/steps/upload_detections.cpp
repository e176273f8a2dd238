#include "learning_loop/trainer/steps/upload_detections.h"

#include "learning_loop/json/json.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/trainer/steps/detecting_model.h"
#include "learning_loop/trainer/steps/detection_file.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/training/active_training.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_images = 100; // of a request

Task<Result<DetectionBatch>> read_batch(ActiveTraining& active, StepTools& tools)
{
    auto read = [folders = active.folders, record = active.record]() -> Result<DetectionBatch> {
        auto batch = read_detections(folders.detections, record.bytes_sent, max_images);
        if (!batch && batch.error().code == Errc::not_found) return DetectionBatch(); // there was no image
        if (!batch) return batch;
        auto const model = read_detecting_model(folders.model_to_detect_with, record);
        if (!model) return model.error();
        for (auto& one : batch->detections) complete_detections(one, *model);
        return batch;
    };
    co_return co_await run_caught(tools.files, std::move(read));
}

void show_progress(ActiveTraining& active)
{
    auto const all = static_cast<double>(std::max<std::int64_t>(active.record.detections, 1));
    active.set_progress(std::min(1.0, static_cast<double>(active.record.detections_sent) / all));
}

} // namespace

Task<StepOutcome> upload_detections(ActiveTraining& active, StepTools& tools)
{
    auto& record = active.record;
    LoopClient loop(tools.session, record.context);
    for (;;) {
        show_progress(active);
        auto const batch = co_await read_batch(active, tools);
        if (!batch) co_return step_failed(batch.error());
        if (batch->detections.empty()) co_return StepOutcome();
        auto const sent = co_await loop.upload_detections(to_text(to_json(batch->detections)));
        if (!sent) co_return step_refused(sent.error());
        record.bytes_sent = batch->end;
        record.detections_sent += static_cast<std::int64_t>(batch->detections.size());
        auto const saved = co_await active.save();
        if (!saved) co_return step_failed(saved.error());
    }
}

} // namespace learning_loop
