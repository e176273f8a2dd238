#pragma once

#include "learning_loop/infer/detector_logic.h"
#include "learning_loop/infer/sent_image.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace learning_loop {

/// What became of one image on a stream of the detector.
struct Evaluated {
    ImageMetadata found;
    cv::Size size;                       ///< Of the upright image, in pixels.
    std::string preview;                 ///< A small upright JPEG; empty if none was asked for.
    std::chrono::nanoseconds waiting{0}; ///< For the stream to be free.
    std::chrono::nanoseconds decoding{0};
    std::chrono::nanoseconds evaluating{0}; ///< In a batch: its share of the time.
};

/// Images that one instance of a logic is to evaluate.
struct Evaluation {
    std::vector<SentImage> images;
    ImageLimits limits;
    bool with_preview = false; ///< Of the first image.
    std::chrono::steady_clock::time_point asked = std::chrono::steady_clock::now();

    /// Decodes the images and shows them to the logic: a single one by itself, several as batches of at most
    /// `max_batch_images`, which have no more pixels than one image may have. Blocks. What the logic throws becomes a
    /// std::runtime_error that says so. Before each batch it asks `is_over` whether anybody still waits. Errors: those
    /// of `decode_image` and of the logic; unavailable if nobody waits.
    Result<std::vector<Evaluated>> run(DetectorLogic& logic, std::function<bool()> const& is_over) const;

    static constexpr std::size_t max_batch_images = 16;
};

} // namespace learning_loop
