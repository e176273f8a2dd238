#pragma once

#include "learning_loop/data/image_metadata.h"

#include <chrono>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace learning_loop {

/// Decides whether a person should look at an image: it shows something uncertain that its camera has not shown lately.
/// Not thread safe.
class RelevanceFilter {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Confidences from `min` to `max`, both included, are uncertain.
    RelevanceFilter(double min_uncertain, double max_uncertain)
        : min_uncertain_(min_uncertain), max_uncertain_(max_uncertain)
    {}

    /// Why the image should be kept: `uncertain`, `segmentation_detection`, `unexpected_observations_count`; empty: it
    /// should not. Remembers what the image shows. Requests without a camera share one history, under the empty name.
    std::vector<std::string> causes(std::string const& camera, ImageMetadata const& metadata, Time now);

    /// Forgets what the camera has shown. Call it if an image could not be kept: the next one must count as new.
    void forget(std::string const& camera);

    /// Of one camera; one more replaces the one that was not seen for longest.
    static constexpr std::size_t max_observations = 2000;
    static constexpr std::size_t max_cameras = 1000; ///< One more replaces the one that was not used for longest.

private:
    struct Observation {
        std::string category_name;
        double x, y, width, height; ///< Pixels; a point has no size.
        bool is_point;
        Time last_seen;
    };
    struct Camera {
        std::vector<Observation> observations;
        std::list<std::string>::iterator place; ///< In `by_use_`.
    };

    Camera& find_or_add_camera(std::string const& name);
    bool observe(Camera& camera, Observation observation); ///< Returns whether it is new.
    bool is_uncertain(double confidence) const { return min_uncertain_ <= confidence && confidence <= max_uncertain_; }

    double min_uncertain_;
    double max_uncertain_;
    std::unordered_map<std::string, Camera> cameras_;
    std::list<std::string> by_use_; ///< Camera names, the one used last in front.
};

} // namespace learning_loop
