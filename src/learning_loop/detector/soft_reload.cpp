#include "learning_loop/detector/soft_reload.h"

#include "learning_loop/base/log.h"
#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/model/detection_service.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/detector/relevance_filter.h"

namespace learning_loop {

namespace {

/// Uploads nothing while it lives.
class UploadsHeld {
public:
    explicit UploadsHeld(OutboxUploader& uploader) : uploader_(uploader), mode_(uploader.mode())
    {
        uploader_.set_mode(OutboxMode::stopped);
    }
    UploadsHeld(UploadsHeld const&) = delete;
    UploadsHeld& operator=(UploadsHeld const&) = delete;
    ~UploadsHeld() { uploader_.set_mode(mode_); }

private:
    OutboxUploader& uploader_;
    OutboxMode mode_;
};

} // namespace

Task<Result<void>> SoftReload::reload()
{
    auto const turn = co_await turn_.take();
    if (!turn) co_return turn.error();
    auto read = [this]() -> Result<DetectorSettings> {
        return read_settings_ ? read_settings_() : Result<DetectorSettings>(targets_.settings);
    };
    auto const settings = co_await reading_.run(std::move(read));
    if (!settings) co_return settings.error();
    log::info("settings and model are loaded anew");
    apply(*settings);
    co_return co_await targets_.sync.reload();
}

Task<Result<void>> SoftReload::reset()
{
    log::warn("all images that wait and all models are deleted, as was asked for");
    auto const emptied = co_await empty_outbox();
    if (!emptied) co_return emptied.error();
    auto const forgotten = co_await targets_.sync.forget_models();
    if (!forgotten) co_return forgotten.error();
    co_return co_await reload();
}

Task<Result<void>> SoftReload::empty_outbox()
{
    UploadsHeld const held(targets_.uploader);
    co_return co_await targets_.outbox.clear();
}

void SoftReload::apply(DetectorSettings const& read)
{
    auto& settings = targets_.settings;
    settings.min_uncertain_threshold = read.min_uncertain_threshold;
    settings.max_uncertain_threshold = read.max_uncertain_threshold;
    settings.outbox_max_bytes = read.outbox_max_bytes;
    settings.max_outbox_size = read.max_outbox_size;
    settings.rejected_max_bytes = read.rejected_max_bytes;
    settings.node_version = read.node_version;
    settings.version_control_default = read.version_control_default;
    settings.sync_cycles = read.sync_cycles;
    settings.conf_threshold = read.conf_threshold;
    settings.iou_threshold = read.iou_threshold;
    targets_.outbox.limit(outbox_limits(settings));
    targets_.filter.forget_all();
    targets_.filter.set_band(settings.min_uncertain_threshold, settings.max_uncertain_threshold);
    targets_.detection.build_with(kind_.factory(settings));
}

} // namespace learning_loop
