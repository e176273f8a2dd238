#pragma once

#include "learning_loop/detector/control_events.h"
#include "learning_loop/detector/detect_events.h"
#include "learning_loop/detector/detector.h"
#include "learning_loop/detector/detector_kind.h"
#include "learning_loop/detector/detector_metrics.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/detector/image_keeper.h"
#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/model/detection_service.h"
#include "learning_loop/detector/model/model_updates.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/detector/outbox/outbox_desk.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/detector/page/live_status.h"
#include "learning_loop/detector/page/recent_frames.h"
#include "learning_loop/detector/relevance_filter.h"
#include "learning_loop/detector/soft_reload.h"
#include "learning_loop/http/server/command_socket.h"
#include "learning_loop/http/server/operator_door.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/socketio/server.h"

#include <memory>
#include <string>

namespace learning_loop {

class Runner;

/// A detector node: its parts in the order of their dependency, which is also the order of their lives.
struct DetectorParts final : Parts {
    /// Takes over what is in the data folder and adds the routes to the runner's router, which must not answer any more
    /// once the parts are gone. `uuid`: see node_uuid.h. `read_settings`: empty: a soft reload keeps them. Blocks.
    DetectorParts(Runner& runner, DetectorKind const& kind, DetectorSettings const& settings_, std::string uuid,
                  SoftReload::ReadSettings read_settings = {});

    void start(TaskGroup& tasks) override;
    Task<> disconnect() override;
    Task<bool> finish() override;

    DetectorSettings settings;
    http::OperatorDoor door;
    Outbox outbox;
    LoopSession session;
    LoopClient loop;
    OutboxUploader uploader;
    OutboxDesk outbox_desk;
    std::unique_ptr<CommandSocket> commands; ///< Null if it could not be made, as on a full disk.
    DetectionService detection;
    RelevanceFilter filter;
    ImageKeeper keeper;
    DetectorMetrics metrics;
    RecentFrames recent;
    Detector detector;
    ModelUpdates updates;
    LoopSync sync;
    SoftReload soft_reload;
    DetectEvents detect_events;
    ControlEvents control_events;
    socketio::Server socketio;

private:
    LiveStatus live_status() const;

    std::string model_format_;
};

} // namespace learning_loop
