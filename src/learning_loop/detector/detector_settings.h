#pragma once

#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/node/settings.h"

#include <cstdint>
#include <optional>
#include <string>

namespace learning_loop {

/// How a detector node runs.
struct DetectorSettings : NodeSettings {
    std::string organization; ///< Ids, lower case.
    std::string project;
    double min_uncertain_threshold = 0.3;
    double max_uncertain_threshold = 0.6;
    std::uint64_t outbox_max_bytes = 10ull << 30;
    std::optional<std::uint64_t> max_outbox_size; ///< Images without priority; absent: only the bytes are limited.
    std::uint64_t rejected_max_bytes = OutboxLimits().max_rejected_bytes;
    Durability outbox_durability = Durability::sync;
    int jpeg_quality = 95;
    std::string version_control_default = "follow_loop";
    bool exclusive_model_build = false; ///< Free the old model before the new one is built.
    int sync_cycles = 6;
    std::uint64_t max_image_bytes = ImageLimits().max_bytes;
    std::uint64_t max_image_pixels = static_cast<std::uint64_t>(ImageLimits().max_pixels);
    int streams = 0;                      ///< Inferences side by side; 0: one per core.
    std::optional<double> conf_threshold; ///< Absent: the model's, else 0.25.
    double iou_threshold = 0.5;
};
BOOST_DESCRIBE_STRUCT(DetectorSettings, (NodeSettings),
                      (organization, project, min_uncertain_threshold, max_uncertain_threshold, outbox_max_bytes,
                       max_outbox_size, rejected_max_bytes, outbox_durability, jpeg_quality, version_control_default,
                       exclusive_model_build, sync_cycles, max_image_bytes, max_image_pixels, streams, conf_threshold,
                       iou_threshold))

/// Reads flags, environment and settings file over the defaults; see `read_settings`. `name` is the program's name and
/// the node's default name.
Result<std::optional<DetectorSettings>> read_detector_settings(std::string const& name, Invocation const& start);

/// What version_control_default tells.
VersionControl version_control(DetectorSettings const& settings);

ImageLimits image_limits(DetectorSettings const& settings);
OutboxLimits outbox_limits(DetectorSettings const& settings);

/// The detector's section of docs/settings.md.
std::string detector_settings_section();

} // namespace learning_loop
