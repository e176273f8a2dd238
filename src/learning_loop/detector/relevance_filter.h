#pragma once

#include "learning_loop/data/image_metadata.h"
#include "learning_loop/detector/camera_history.h"

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace learning_loop {

/// Decides whether a person should look at an image: it shows something uncertain that its camera has not shown lately.
/// Not thread safe.
class RelevanceFilter {
public:
    using Time = CameraHistory::Time;

    RelevanceFilter(double min_uncertain, double max_uncertain) { set_band(min_uncertain, max_uncertain); }

    /// Confidences from `min` to `max`, both included, are uncertain from now on. What was seen stays known.
    void set_band(double min_uncertain, double max_uncertain)
    {
        min_uncertain_ = min_uncertain;
        max_uncertain_ = max_uncertain;
    }

    /// Why the image should be kept: `uncertain`, `segmentation_detection`, `unexpected_observations_count`; empty: it
    /// should not. Remembers what the image shows. Requests without a camera share one history, under the empty name.
    /// `now` must not be earlier than before.
    std::vector<std::string> causes(std::string const& camera, ImageMetadata const& metadata, Time now);

    /// Forgets what the camera has shown. Call it if an image could not be kept: the next one must count as new.
    void forget(std::string const& camera);

    void forget_all(); ///< The same for all cameras.

    std::size_t bytes() const { return bytes_; } ///< Of memory that the observations of all cameras take.

    /// Of one camera; one more replaces the one that was not seen for longest.
    static constexpr std::size_t max_observations = 20'000;
    static constexpr std::size_t max_cameras = 1000; ///< One more replaces the one that was not used for longest.
    /// Of memory for the observations of all cameras, some 170 000 of them. Beyond that, the camera that was not used
    /// for longest forgets first. The cameras' names, which the caller bounds, come on top.
    static constexpr std::size_t max_bytes = 32 << 20;

private:
    struct Camera {
        std::string name;
        CameraHistory history{max_observations};
    };
    using Iterator = std::list<Camera>::iterator;

    CameraHistory& history_of(std::string const& camera);
    void forget_old_of_unused_cameras(Time now);
    void make_room();
    void remove(Iterator camera);
    template <class Detection>
    bool finds_uncertain_news(std::vector<Detection> const& detections, CameraHistory& history, Time now) const;
    bool is_uncertain(double confidence) const { return min_uncertain_ <= confidence && confidence <= max_uncertain_; }

    double min_uncertain_;
    double max_uncertain_;
    std::list<Camera> cameras_; ///< The one used last in front.
    std::unordered_map<std::string_view, Iterator> by_name_;
    std::size_t bytes_ = 0; ///< Of all histories.
};

} // namespace learning_loop
