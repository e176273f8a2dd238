#pragma once

#include <cstddef>
#include <vector>

namespace learning_loop {

/// A box that a model proposes: corners in pixels of its input.
struct BoxCandidate {
    float x1 = 0;
    float y1 = 0;
    float x2 = 0;
    float y2 = 0;
    float score = 0;
    int category = 0; ///< Index of the model's class.

    bool operator==(BoxCandidate const&) const = default;
};

/// Of boxes of one category that overlap by more than `iou_threshold` only the one of the best score stays. Best first;
/// the same boxes in any order give the same answer. Boxes that are not finite or have no area are dropped. Only the
/// best `max_candidates` are looked at: the time grows with the square of their number.
std::vector<BoxCandidate> suppress_overlaps(std::vector<BoxCandidate> candidates, double iou_threshold,
                                            std::size_t max_candidates = 1500);

} // namespace learning_loop
