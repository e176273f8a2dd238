#include "learning_loop/infer/nms.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace learning_loop {
namespace {

bool is_sound(BoxCandidate const& box)
{
    bool const finite =
        std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
    return finite && std::isfinite(box.score) && box.x2 > box.x1 && box.y2 > box.y1;
}

bool is_better(BoxCandidate const& a, BoxCandidate const& b)
{
    if (a.score != b.score) return a.score > b.score;
    return std::tie(a.category, a.y1, a.x1, a.y2, a.x2) < std::tie(b.category, b.y1, b.x1, b.y2, b.x2);
}

// In double: the area of a box of the largest floats is no number otherwise.
double area(BoxCandidate const& box)
{
    return (double{box.x2} - box.x1) * (double{box.y2} - box.y1);
}

double iou(BoxCandidate const& a, BoxCandidate const& b)
{
    double const width = double{std::min(a.x2, b.x2)} - std::max(a.x1, b.x1);
    double const height = double{std::min(a.y2, b.y2)} - std::max(a.y1, b.y1);
    if (width <= 0 || height <= 0) return 0;
    double const shared = width * height;
    return shared / (area(a) + area(b) - shared);
}

} // namespace

std::vector<BoxCandidate> suppress_overlaps(std::vector<BoxCandidate> candidates, double iou_threshold,
                                            std::size_t max_candidates)
{
    std::erase_if(candidates, [](BoxCandidate const& box) { return !is_sound(box); });
    if (candidates.size() > max_candidates) {
        auto const end_of_best = candidates.begin() + static_cast<std::ptrdiff_t>(max_candidates);
        std::nth_element(candidates.begin(), end_of_best, candidates.end(), is_better);
        candidates.resize(max_candidates);
    }
    std::sort(candidates.begin(), candidates.end(), is_better);

    std::vector<BoxCandidate> kept;
    for (auto const& candidate : candidates) {
        bool const covered = std::any_of(kept.begin(), kept.end(), [&](BoxCandidate const& better) {
            return better.category == candidate.category && iou(better, candidate) > iou_threshold;
        });
        if (!covered) kept.push_back(candidate);
    }
    return kept;
}

} // namespace learning_loop
