#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/detector/detector_kind.h"
#include "learning_loop/detector/detector_settings.h"

#include <functional>

namespace learning_loop {

class DetectionService;
class LoopSync;
class Outbox;
class OutboxUploader;
class RelevanceFilter;

/// Begins anew without a restart of the process. To be used on the io thread.
class SoftReload {
public:
    /// Reads the settings as at the start. Blocks.
    using ReadSettings = std::function<Result<DetectorSettings>()>;

    /// What is begun anew.
    struct Targets {
        DetectorSettings& settings;
        OutboxUploader& uploader;
        Outbox& outbox;
        DetectionService& detection;
        RelevanceFilter& filter;
        LoopSync& sync;
    };

    SoftReload(Targets targets, DetectorKind kind, ReadSettings read_settings)
        : targets_(targets), kind_(std::move(kind)), read_settings_(std::move(read_settings))
    {}

    /// Takes over from the settings file the band of uncertain confidences, the outbox's limits, node_version,
    /// version_control_default, sync_cycles and the thresholds of the logic; everything else takes a restart. Forgets
    /// what cameras have shown, and builds the model anew. Errors: invalid_argument if a setting is wrong, which then
    /// changes nothing; those of LoopSync::reload.
    Task<Result<void>> reload();

    /// Deletes all images that wait and all models, then reloads. The node keeps its uuid. Errors: as `reload`.
    Task<Result<void>> reset();

private:
    Task<Result<void>> empty_outbox();
    void apply(DetectorSettings const& read);

    Targets targets_;
    DetectorKind kind_;
    ReadSettings read_settings_;
    Lane reading_{"the settings file", 4};
    Turn turn_{"a soft reload", 4};
};

} // namespace learning_loop
