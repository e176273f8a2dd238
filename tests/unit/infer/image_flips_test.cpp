#include "learning_loop/base/files.h"
#include "learning_loop/infer/image_codec.h"
#include "support/jpeg_of.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

// JPEGs with bytes changed at random: 2000 of them, or as many as LL_IMAGE_FLIPS says (`./test soak image_flips`).

namespace learning_loop {
namespace {

/// Twenty kinds that Pillow wrote (tests/data/make_images.py), and some with restart markers, which it does not write.
std::vector<std::string> seeds()
{
    std::set<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(std::filesystem::path(LL_TEST_DATA) / "images/kinds"))
        files.insert(entry.path());
    std::vector<std::string> found;
    found.reserve(files.size() + 4);
    for (auto const& file : files) found.push_back(read_file(file, 1 << 20).value());
    auto const picture = decode_image(found.front()).value();
    for (int const interval : {1, 5}) {
        found.push_back(jpeg_of(picture, {.restart_interval = interval}));
        found.push_back(jpeg_of(picture, {.restart_interval = interval, .progressive = true}));
    }
    return found;
}

int wanted_flips()
{
    auto const* const told = std::getenv("LL_IMAGE_FLIPS"); // NOLINT(concurrency-mt-unsafe): nothing else runs
    return told ? std::atoi(told) : 2000;
}

/// One to three bytes are other ones, or have one other bit.
std::string flipped(std::string bytes, std::mt19937& random)
{
    auto const count = 1 + random() % 3;
    for (unsigned i = 0; i < count; ++i) {
        auto& byte = bytes[random() % bytes.size()];
        byte = static_cast<char>(random() % 2 == 0 ? random() : static_cast<unsigned char>(byte) ^ 1U << random() % 8);
    }
    return bytes;
}

struct Counts {
    int decoded = 0, changed = 0, refused_unseen = 0, refused_pixels = 0;
};

/// `whole` is what the file showed before.
void expect_decoded_or_refused(std::string const& bytes, cv::Mat const& whole, Counts& counts)
{
    constexpr ImageLimits limits{.max_pixels = 1'000'000};
    auto const header = check_image(bytes, limits);
    auto const bgr = decode_image(bytes, limits);
    if (!header) {
        EXPECT_FALSE(bgr);
        EXPECT_FALSE(header.error().message.empty());
        ++counts.refused_unseen;
    } else if (!bgr) {
        EXPECT_FALSE(bgr.error().message.empty());
        ++counts.refused_pixels;
    } else {
        EXPECT_EQ(bgr->type(), CV_8UC3);
        EXPECT_EQ(bgr->size(), cv::Size(header->width_px, header->height_px));
        bool const same = bgr->size() == whole.size() && cv::norm(*bgr, whole, cv::NORM_INF) == 0;
        ++(same ? counts.decoded : counts.changed);
    }
}

TEST(ImageFlips, leave_a_file_that_is_decoded_to_the_size_it_tells_or_refused)
{
    auto const files = seeds();
    ASSERT_GE(files.size(), 20U);
    std::mt19937 random(11);
    Counts counts;
    std::vector<cv::Mat> whole;
    whole.reserve(files.size());
    for (auto const& file : files) whole.push_back(decode_image(file).value());
    auto const flips = wanted_flips();
    for (int i = 0; i < flips && !HasFailure(); ++i) {
        auto const n = static_cast<std::size_t>(i) % files.size();
        expect_decoded_or_refused(flipped(files[n], random), whole[n], counts);
    }
    std::cout << "figures: image flips: " << flips << " of " << files.size() << " JPEGs: " << counts.decoded
              << " decoded to the same pixels, " << counts.changed << " to others, " << counts.refused_unseen
              << " refused without a look at their pixels, " << counts.refused_pixels << " by their pixels\n";
    EXPECT_GT(std::min({counts.decoded, counts.changed, counts.refused_unseen, counts.refused_pixels}), 0);
}

} // namespace
} // namespace learning_loop
