#include "learning_loop/infer/impl/jpeg.h"

#include "learning_loop/base/files.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace learning_loop {
namespace {

using namespace std::string_literals;

/// Baseline, 16x8 pixels.
std::string sample()
{
    return read_file(std::filesystem::path(LL_TEST_DATA) / "images/rgb_baseline.jpg", 1 << 20).value();
}

/// Where the segments begin, from the first behind the file's beginning to the scan's.
std::vector<std::size_t> segments_of(std::string const& jpeg)
{
    std::vector<std::size_t> found{2};
    while (jpeg.substr(found.back(), 2) != "\xFF\xDA") {
        auto const at = found.back();
        auto const high = static_cast<unsigned char>(jpeg[at + 2]), low = static_cast<unsigned char>(jpeg[at + 3]);
        found.push_back(at + 2 + static_cast<std::size_t>(high << 8 | low));
    }
    return found;
}

/// The file with these bytes in front of its frame's header.
std::string with_bytes(std::string const& bytes)
{
    auto jpeg = sample();
    return jpeg.insert(jpeg.find("\xFF\xC0"), bytes);
}

void expect_walked(std::string const& jpeg, std::string const& what)
{
    for (auto const last : {ReadUpTo::pixels, ReadUpTo::end}) {
        auto const file = read_jpeg(jpeg, last);
        ASSERT_TRUE(file) << what << ": " << file.error().message;
        EXPECT_EQ(file->width_px, 16) << what;
        EXPECT_EQ(file->height_px, 8) << what;
    }
}

void expect_refused(std::string const& jpeg, std::string const& why)
{
    auto const file = read_jpeg(jpeg, ReadUpTo::end);
    ASSERT_FALSE(file) << why;
    EXPECT_EQ(file.error().code, Errc::invalid_argument) << why;
    EXPECT_NE(file.error().message.find(why), std::string::npos) << file.error().message;
}

TEST(JpegSegments, goes_over_bytes_between_any_two_of_them)
{
    auto const jpeg = sample();
    auto places = segments_of(jpeg);
    places.push_back(jpeg.size() - 2); // before the end marker
    ASSERT_GE(places.size(), 7U);
    for (auto const& bytes : {"\0"s, std::string(608, '\0'), "\xFF"s, "\xFF\xFF\xFF"s, "\xFF\0"s, "\xFF\0\xFF"s,
                              std::string(600, '\x5A'), "\xD8\xD9"s}) {
        for (auto const place : places) {
            auto changed = jpeg;
            changed.insert(place, bytes);
            EXPECT_TRUE(looks_like_jpeg(changed));
            expect_walked(changed, std::to_string(bytes.size()) + " bytes at " + std::to_string(place));
        }
    }
}

TEST(JpegSegments, goes_over_markers_that_have_no_segment_or_say_nothing)
{
    for (auto const& [bytes, what] : {std::pair{"\xFF\x01"s, "TEM"},
                                      {"\xFF\xD0\xFF\xD7"s, "restarts outside of a scan"},
                                      {"\xFF\xDC\0\4\0\7"s, "DNL"},
                                      {"\xFF\xEF\0\2"s, "an empty APP15"}})
        expect_walked(with_bytes(bytes), what);
}

TEST(JpegSegments, takes_a_length_that_does_not_even_count_itself_for_none)
{
    expect_walked(with_bytes("\xFF\xFE\0\0"s), "0");
    expect_walked(with_bytes("\xFF\xFE\0\1"s), "1");
}

TEST(JpegSegments, stops_where_libjpeg_stops)
{
    for (auto const marker : {'\xD8', '\x02', '\xBF', '\xC8', '\xDE', '\xDF', '\xF0', '\xFD'})
        expect_refused(with_bytes("\xFF"s + marker + "\0\2"s), "a marker where none may be");
    auto const jpeg = sample();
    auto const frame = jpeg.find("\xFF\xC0"), scan = jpeg.find("\xFF\xDA");
    expect_refused(with_bytes(jpeg.substr(frame, 19)), "two frames");
    expect_refused(with_bytes(jpeg.substr(scan, 14)), "its pixels come before its size");
    expect_refused(with_bytes("\xFF\xD9"s), "it has no pixels");
    auto longer = jpeg;
    longer[frame + 3]++;
    expect_refused(longer.insert(frame + 19, 1, '\0'), "its frame header has a wrong length");
}

TEST(JpegSegments, names_what_is_missing_at_the_end)
{
    auto const jpeg = sample();
    auto const pixels = jpeg.find("\xFF\xDA") + 14;
    auto const no_end = jpeg.substr(0, jpeg.size() - 2);
    expect_refused(no_end, "its end marker FF D9 is missing");
    expect_refused(no_end + '\xFF', "its end marker FF D9 is missing");
    expect_refused(no_end + std::string(1000, '\0'), "its end marker FF D9 is missing");
    expect_refused(jpeg.substr(0, pixels), "its end marker FF D9 is missing");
    expect_refused(jpeg.substr(0, pixels - 1), "a segment of it is cut off");
    expect_refused(jpeg.substr(0, pixels - 14), "it ends before its pixels");
    expect_refused("\xFF\xD8"s, "it ends before its pixels");
}

// A walk that looked at what it skipped once more for every marker, or every byte, would not come to an end here.
TEST(JpegSegments, goes_over_any_bytes_once)
{
    constexpr std::size_t many = std::size_t{8} << 20;
    std::string stuffed, restarts;
    for (std::size_t i = 0; i < many / 2; ++i) stuffed += "\xFF\0"s, restarts += "\xFF\xD3"s;
    for (auto const& bytes : {std::string(many, '\0'), std::string(many, '\xFF'), stuffed}) {
        expect_walked(with_bytes(bytes), "many bytes before the frame");
        expect_refused("\xFF\xD8"s + bytes, "it ends before its pixels");
    }
    auto jpeg = sample();
    jpeg.insert(jpeg.size() - 2, restarts);
    expect_walked(jpeg, "many restart markers in a scan");
    expect_refused(with_bytes(restarts), "too many segments");
}

} // namespace
} // namespace learning_loop
