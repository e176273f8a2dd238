// What the relevance filter takes for a frame of ten boxes, by what its camera has shown before:
// tools/build release bench_filter_frames && build/release/bin/bench_filter_frames
#include "learning_loop/detector/relevance_filter.h"

#include <ctime>
#include <iostream>
#include <random>

using namespace learning_loop;

namespace {

/// Frames of boxes that are nearly all new.
class Frames {
public:
    ImageMetadata next(int boxes)
    {
        ImageMetadata frame;
        for (int i = 0; i < boxes; ++i) {
            frame.box_detections.push_back(
                {"weed", up_to(8000), up_to(6000), 20 + up_to(60), 20 + up_to(60), "1.0", 0.9, {}});
        }
        return frame;
    }

private:
    int up_to(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }

    std::mt19937 random_{1};
};

double cpu_ms()
{
    return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

} // namespace

int main()
{
    constexpr int frames = 50;
    for (int const shown : {0, 2000, static_cast<int>(RelevanceFilter::max_observations)}) {
        Frames source;
        RelevanceFilter filter(0.3, 0.6);
        RelevanceFilter::Time const now{};
        for (int i = 0; i < shown / 10; ++i) filter.causes("front", source.next(10), now);
        std::vector<ImageMetadata> measured;
        for (int i = 0; i < frames; ++i) measured.push_back(source.next(10));
        auto const before = cpu_ms();
        for (auto const& frame : measured) filter.causes("front", frame, now);
        std::cout << "after " << shown << " boxes: " << (cpu_ms() - before) / frames << " ms of CPU time for a frame\n";
    }
}
