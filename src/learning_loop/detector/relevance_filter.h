#pragma once

#include "learning_loop/data/image_metadata.h"

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace learning_loop {

/// Decides whether an image is worth a person's look: it shows something uncertain that its camera has not shown
/// lately. Not thread safe.
class RelevanceFilter {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Confidences from `min` to `max`, both included, are uncertain.
    RelevanceFilter(double min_uncertain, double max_uncertain)
        : min_uncertain_(min_uncertain), max_uncertain_(max_uncertain)
    {}

    /// Why the image is to be kept: `uncertain`, `segmentation_detection`, `unexpected_observations_count`; empty: it
    /// is not. Remembers what it shows. Requests without a camera share one history, under the empty name.
    std::vector<std::string> causes(std::string const& camera, ImageMetadata const& metadata, Time now);

    /// Forgets what the camera has shown: the image that was to be kept could not be, so its next one has to count as
    /// news.
    void forget(std::string const& camera);

    /// Observations remembered of one camera; the one not seen for longest goes first.
    static constexpr std::size_t max_observations = 2000;
    static constexpr std::size_t max_cameras = 1000;

private:
    struct Observation {
        std::string category_name;
        double x, y, width, height; ///< Pixels; a point has no size.
        bool is_point;
        Time last_seen;
    };
    struct Camera {
        std::vector<Observation> observations;
        std::list<std::string>::iterator place;
    };

    Camera& camera_named(std::string const& name);
    bool is_new(Camera& camera, Observation observation);
    bool is_uncertain(double confidence) const { return min_uncertain_ <= confidence && confidence <= max_uncertain_; }

    double min_uncertain_;
    double max_uncertain_;
    std::unordered_map<std::string, Camera> cameras_;
    std::list<std::string> by_use_; ///< Camera names, the one used last in front.
};

} // namespace learning_loop
