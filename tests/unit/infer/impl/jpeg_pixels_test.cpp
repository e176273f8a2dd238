#include "learning_loop/infer/image_codec.h"
#include "learning_loop/infer/impl/jpeg_errors.h"
#include "learning_loop/infer/impl/stored_image.h"
#include "support/jpeg_of.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

#include <vector>

namespace learning_loop {
namespace {

using namespace std::string_literals;

/// No two rows and columns of it are alike.
cv::Mat picture(int channels = 3)
{
    cv::Mat made(48, 64, CV_8UC(channels));
    for (int y = 0; y < made.rows; ++y) {
        for (int i = 0; i < made.cols * channels; ++i)
            made.ptr(y)[i] = static_cast<std::uint8_t>(60 + 2 * (i / channels) + y * (1 + i % channels));
    }
    return made;
}

/// The file with these bytes before each restart marker.
std::string padded(std::string const& jpeg, std::string const& bytes)
{
    std::string made;
    for (std::size_t i = 0; i < jpeg.size(); ++i) {
        bool const restarts = jpeg[i] == '\xFF' && i + 1 < jpeg.size() && (jpeg[i + 1] & 0xF8) == 0xD0;
        if (restarts && i > jpeg.find("\xFF\xDA")) made += bytes;
        made += jpeg[i];
    }
    return made;
}

std::string before_end(std::string jpeg, std::string const& bytes)
{
    return jpeg.insert(jpeg.size() - 2, bytes);
}

std::string without_segments(std::string jpeg, char marker)
{
    for (std::size_t at; (at = jpeg.find("\xFF"s + marker)) != std::string::npos;) {
        auto const high = static_cast<unsigned char>(jpeg[at + 2]), low = static_cast<unsigned char>(jpeg[at + 3]);
        jpeg.erase(at, 2 + static_cast<std::size_t>(high << 8 | low));
    }
    return jpeg;
}

void expect_same_pixels(std::string const& jpeg, std::string const& as, std::string const& what)
{
    for (int const min_side_px : {64, 32, 16, 8}) {
        auto const decoded = decode_stored(jpeg, {}, min_side_px);
        ASSERT_TRUE(decoded) << what << ": " << decoded.error().message;
        auto const wanted = decode_stored(as, {}, min_side_px).value();
        ASSERT_EQ(decoded->bgr.size(), wanted.bgr.size()) << what;
        EXPECT_EQ(cv::norm(decoded->bgr, wanted.bgr, cv::NORM_INF), 0) << what;
    }
}

void expect_damaged(std::string const& jpeg, std::string const& why)
{
    for (int const min_side_px : {64, 32, 16, 8}) {
        auto const decoded = decode_stored(jpeg, {}, min_side_px);
        ASSERT_FALSE(decoded) << why << ", at least " << min_side_px;
        EXPECT_EQ(decoded.error().code, Errc::invalid_argument);
        EXPECT_NE(decoded.error().message.find(why), std::string::npos) << decoded.error().message;
    }
}

TEST(JpegPixels, only_four_warnings_of_libjpeg_are_harmless)
{
    for (int const code : {JWRN_EXTRANEOUS_DATA, JWRN_JFIF_MAJOR, JWRN_ADOBE_XFORM, JWRN_NOT_SEQUENTIAL})
        EXPECT_TRUE(is_harmless(code)) << code;
    int harmless = 0;
    for (int code = JMSG_NOMESSAGE; code < JMSG_LASTMSGCODE; ++code) harmless += is_harmless(code) ? 1 : 0;
    EXPECT_EQ(harmless, 4);
}

TEST(JpegPixels, are_the_same_with_bytes_before_restart_markers)
{
    JpegKind const rows{.restart_interval = 4}, colours{.sampling_x = 1, .sampling_y = 1, .restart_interval = 1},
        progressive{.restart_interval = 3, .progressive = true};
    for (auto const& kind : {rows, colours, progressive}) {
        auto const jpeg = jpeg_of(picture(), kind);
        for (auto const& bytes : {"\0"s, "\x11"s, std::string(600, '\0'), std::string(600, '\xAA'), "\xFF\xFF"s}) {
            auto const changed = padded(jpeg, bytes);
            ASSERT_GT(changed.size(), jpeg.size());
            expect_same_pixels(changed, jpeg, std::to_string(bytes.size()) + " bytes before each restart marker");
        }
    }
}

TEST(JpegPixels, are_the_same_with_bytes_before_the_end)
{
    auto const jpeg = jpeg_of(picture());
    for (std::size_t const count : {1U, 16U, 17U, 608U, 4096U})
        expect_same_pixels(before_end(jpeg, std::string(count, '\0')), jpeg, std::to_string(count) + " bytes");
    expect_same_pixels(before_end(jpeg, std::string(608, '\0') + "\xFF\xFE\0\4hi"s), jpeg, "and a comment");
    expect_same_pixels(std::string(jpeg).insert(2, "\0\0"s), jpeg, "behind the beginning");
}

TEST(JpegPixels, are_the_same_whatever_their_headers_say_of_versions)
{
    auto const jpeg = jpeg_of(picture());
    for (int const version : {0, 2, 3, 255}) {
        auto changed = jpeg;
        changed[jpeg.find("JFIF") + 5] = static_cast<char>(version);
        expect_same_pixels(changed, jpeg, "JFIF " + std::to_string(version));
    }
    auto const plain = without_segments(jpeg, '\xE0');
    for (int const transform : {1, 2, 3, 255}) {
        auto changed = plain;
        changed.insert(2, "\xFF\xEE\0\x0E"s + "Adobe\0\x64\0\0\0\0"s + static_cast<char>(transform));
        expect_same_pixels(changed, jpeg, "Adobe " + std::to_string(transform));
    }
    auto changed = jpeg;
    changed[jpeg.find("\xFF\xDA") + 12] = 5; // the last coefficient of the scan
    expect_same_pixels(changed, jpeg, "a scan that does not tell its coefficients");
}

TEST(JpegPixels, that_are_damaged_are_refused_behind_any_number_of_harmless_warnings)
{
    auto jpeg = jpeg_of(picture(), {.restart_interval = 4});
    jpeg[jpeg.find("JFIF") + 5] = 7;
    jpeg.insert(jpeg.find("\xFF\xDB"), 5, '\0');
    jpeg = padded(jpeg, "\0\0\0"s);
    auto const scan = jpeg.find("\xFF\xDA");
    auto wrong_marker = jpeg;
    wrong_marker[jpeg.rfind("\xFF\xD0") + 1] = '\xD2';
    expect_damaged(wrong_marker, "instead of RST");
    auto const cut = jpeg.substr(0, (scan + jpeg.size()) / 2) + "\xFF\xD9"s;
    expect_damaged(cut, "Corrupt JPEG data: ");
    expect_damaged(before_end(cut, "\0\0\0"s), "Corrupt JPEG data: ");
    auto bad_code = jpeg_of(picture());
    auto const middle = (bad_code.find("\xFF\xDA") + bad_code.size()) / 2;
    expect_damaged(bad_code.replace(middle, 12, std::string("\xFF\0\xFF\0\xFF\0\xFF\0\xFF\0\xFF\0"s)),
                   "bad Huffman code");
}

TEST(JpegPixels, need_no_tables_of_their_own_whatever_was_decoded_before)
{
    auto const jpeg = jpeg_of(picture());
    auto const like_motion_jpeg = without_segments(jpeg, '\xC4'); // its Huffman tables are those of the standard
    expect_same_pixels(like_motion_jpeg, jpeg, "at first");
    auto const other_tables = jpeg_of(picture(), {.optimized = true});
    ASSERT_TRUE(decode_image(other_tables));
    expect_same_pixels(like_motion_jpeg, jpeg, "behind a file with tables of its own");
    expect_damaged(without_segments(jpeg, '\xDB'), "Quantization table");
}

/// As Pillow mixes them: https://pillow.readthedocs.io, mode CMYK, inverted.
cv::Vec3b mixed(cv::Vec4b ink)
{
    auto const light = [&](int c) { return cv::saturate_cast<uchar>(ink[c] * ink[3] / 255.0); };
    return {light(2), light(1), light(0)};
}

TEST(JpegPixels, of_inks_are_inverted_with_and_without_a_segment_of_Adobe)
{
    auto const inks = picture(4);
    for (auto const space : {JCS_CMYK, JCS_YCCK}) {
        auto const jpeg = jpeg_of(inks, {.colours = space, .sampling_x = 1, .sampling_y = 1});
        auto const bgr = decode_image(jpeg).value();
        for (auto const at : {cv::Point(3, 3), cv::Point(60, 5), cv::Point(20, 40)}) {
            for (int c = 0; c < 3; ++c)
                EXPECT_NEAR(bgr.at<cv::Vec3b>(at)[c], mixed(inks.at<cv::Vec4b>(at))[c], 8)
                    << space << ", channel " << c;
        }
        if (space == JCS_CMYK) expect_same_pixels(without_segments(jpeg, '\xEE'), jpeg, "without Adobe's segment");
    }
}

TEST(JpegPixels, of_inks_are_damaged_as_others_are)
{
    auto const jpeg = jpeg_of(picture(4), {.colours = JCS_YCCK, .sampling_x = 1, .sampling_y = 1});
    expect_damaged(jpeg.substr(0, jpeg.size() * 3 / 4) + "\xFF\xD9"s, "premature end of data segment");
}

} // namespace
} // namespace learning_loop
