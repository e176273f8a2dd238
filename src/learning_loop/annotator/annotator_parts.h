#pragma once

#include "learning_loop/annotator/annotator_events.h"
#include "learning_loop/annotator/annotator_kind.h"
#include "learning_loop/annotator/annotator_metrics.h"
#include "learning_loop/annotator/annotator_settings.h"
#include "learning_loop/annotator/drawings.h"
#include "learning_loop/annotator/shown_images.h"
#include "learning_loop/http/server/operator_door.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/node/loop_connection.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/page/node_status.h"
#include "learning_loop/node/problems.h"
#include "learning_loop/node/status_reports.h"

#include <chrono>
#include <deque>
#include <string>

namespace learning_loop {

class Runner;

/// An annotator node: its parts in the order of their dependency, which is also the order of their lives.
struct AnnotatorParts final : Parts {
    /// Takes over the images in the data folder and adds the routes to the runner's router, which must not answer any
    /// more once the parts are gone. `uuid`: see node_uuid.h. Blocks.
    AnnotatorParts(Runner& runner, AnnotatorKind const& kind, AnnotatorSettings const& settings_, std::string uuid);

    void start(TaskGroup& tasks) override;
    Task<bool> finish() override;

    AnnotatorSettings settings;
    http::OperatorDoor door;
    Problems problems;
    LoopSession session;
    LoopConnection connection;
    AnnotatorMetrics metrics;
    ShownImages images;
    Drawings drawings;
    AnnotatorEvents events;
    StatusReports reports;

private:
    static constexpr std::size_t max_results = 20;

    Task<Result<void>> send(Context project, SegmentationAnnotation shape);
    AnnotatorStatus report() const;
    NodeStatus page_status() const;

    std::string uuid_;
    std::string purpose_;
    std::deque<NodeResult> results_; ///< The newest first.
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

} // namespace learning_loop
