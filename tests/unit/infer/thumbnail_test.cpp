#include "learning_loop/infer/thumbnail.h"

#include "support/sample_images.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

namespace learning_loop {
namespace {

using namespace std::string_literals;

/// Blue on the left, red on the right.
cv::Mat halves(int width_px, int height_px)
{
    cv::Mat picture(height_px, width_px, CV_8UC3, cv::Scalar(0, 0, 200));
    picture(cv::Rect(0, 0, width_px / 2, height_px)) = cv::Scalar(200, 0, 0);
    return picture;
}

cv::Mat thumbnail_of(std::string const& bytes, int max_side_px = 64)
{
    auto const made = make_thumbnail(bytes, max_side_px);
    if (!made) throw std::runtime_error(made.error().message);
    EXPECT_EQ(read_image_header(*made)->format, ImageFormat::jpeg);
    return decode_image(*made).value();
}

void expect_color(cv::Mat const& image, cv::Point where, cv::Vec3b should)
{
    auto const& is = image.at<cv::Vec3b>(where);
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(is[c], should[c], 12) << where << ", channel " << c;
}

TEST(Thumbnail, has_the_longer_side_asked_for_and_the_proportions_of_the_image)
{
    struct Case {
        int width_px, height_px;
        cv::Size should;
    };
    for (auto const& [width, height, should] :
         {Case{640, 480, {64, 48}}, Case{480, 640, {48, 64}}, Case{65, 65, {64, 64}}, Case{64, 10, {64, 10}},
          Case{1000, 999, {64, 64}}, Case{511, 300, {64, 38}}, Case{512, 300, {64, 38}}, Case{129, 3, {64, 1}}}) {
        EXPECT_EQ(thumbnail_of(encode_jpeg(halves(width, height)).value()).size(), should) << width << "x" << height;
    }
}

TEST(Thumbnail, shows_the_image)
{
    for (int const width : {40, 64, 100, 200, 300, 700}) {
        auto const small = thumbnail_of(encode_jpeg(halves(width, width / 2)).value());
        expect_color(small, {small.cols / 8, small.rows / 2}, {200, 0, 0});
        expect_color(small, {small.cols * 7 / 8, small.rows / 2}, {0, 0, 200});
    }
}

TEST(Preview, is_the_thumbnail_of_an_image_in_memory)
{
    auto const small = decode_image(make_preview(halves(640, 480), 64)).value();
    EXPECT_EQ(small.size(), cv::Size(64, 48));
    expect_color(small, {8, 24}, {200, 0, 0});
    expect_color(small, {56, 24}, {0, 0, 200});
    EXPECT_EQ(decode_image(make_preview(halves(30, 20), 64))->size(), cv::Size(30, 20));
    EXPECT_EQ(decode_image(make_preview(halves(5000, 2), 64))->size(), cv::Size(64, 1));
}

TEST(Thumbnail, is_never_larger_than_the_image)
{
    EXPECT_EQ(thumbnail_of(test::a_jpeg(30, 20)).size(), cv::Size(30, 20));
    EXPECT_EQ(thumbnail_of(test::a_jpeg(1, 1)).size(), cv::Size(1, 1));
    EXPECT_EQ(thumbnail_of(test::a_jpeg(1, 1), 1).size(), cv::Size(1, 1));
}

TEST(Thumbnail, of_a_line_is_a_line)
{
    EXPECT_EQ(thumbnail_of(test::a_jpeg(10'000, 1)).size(), cv::Size(64, 1));
    EXPECT_EQ(thumbnail_of(test::a_jpeg(1, 10'000)).size(), cv::Size(1, 64));
}

TEST(Thumbnail, is_upright)
{
    for (int const height : {20, 600}) { // as it is, and shrunk while it is decoded
        auto jpeg = encode_jpeg(halves(2 * height, height)).value();
        jpeg.insert(2, "\xFF\xE1\0\x22"s + "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s);
        auto const small = thumbnail_of(jpeg);
        EXPECT_EQ(small.rows, std::min(64, 2 * height));
        EXPECT_EQ(small.cols, small.rows / 2);
        expect_color(small, {small.cols / 2, small.rows / 8}, {200, 0, 0});
        expect_color(small, {small.cols / 2, small.rows * 7 / 8}, {0, 0, 200});
    }
}

TEST(Thumbnail, is_made_of_every_kind_of_image)
{
    for (auto const* name :
         {"cmyk.jpg", "gray.jpg", "gray.png", "gray_16_bit.png", "gray_alpha.png", "palette.png",
          "palette_transparent.png", "rgb_16_bit.png", "rgb_interlaced.png", "rgb_progressive.jpg", "rgba.png"}) {
        auto const bytes = test::sample_image(name);
        auto const small = thumbnail_of(bytes, 4);
        auto const whole = decode_image(bytes).value();
        EXPECT_EQ(small.size(), cv::Size(4, 2)) << name;
        for (auto const& [from, to] :
             {std::pair(cv::Point(2, 4), cv::Point(0, 1)), std::pair(cv::Point(13, 4), cv::Point(3, 1))}) {
            auto const gray = [](cv::Vec3b color) { return color[0] + color[1] + color[2]; };
            EXPECT_NEAR(gray(small.at<cv::Vec3b>(to)), gray(whole.at<cv::Vec3b>(from)), 60) << name; // colours bleed
        }
    }
}

TEST(Thumbnail, has_its_colours_at_half_the_resolution)
{
    auto const jpeg = make_thumbnail(test::a_jpeg(32, 32), 16).value();
    auto const frame = jpeg.find("\xFF\xC0"s);
    EXPECT_EQ(jpeg.at(frame + 11), '\x22') << "luma";
    EXPECT_EQ(jpeg.at(frame + 14), '\x11') << "chroma";
}

TEST(Thumbnail, is_not_made_of_a_damaged_image)
{
    cv::Mat noise(800, 800, CV_8UC3);
    cv::randu(noise, 0, 255);
    auto const jpeg = encode_jpeg(noise).value();
    auto cut = jpeg.substr(0, jpeg.size() - 100) + "\xFF\xD9";
    auto wrong_marker = jpeg;
    wrong_marker.replace(jpeg.size() * 9 / 10, 2, "\xFF\xD0");
    auto png = test::sample_image("rgb.png");
    png[png.find("IDAT") + 8] ^= 1;
    for (auto const& bytes : {cut, wrong_marker, png, jpeg.substr(0, jpeg.size() / 2), ""s, "GIF89a"s}) {
        for (int const side : {16, 64, 700, 1000}) {
            auto const refused = make_thumbnail(bytes, side);
            ASSERT_FALSE(refused) << side;
            EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        }
    }
}

TEST(Thumbnail, keeps_the_limits_of_the_image)
{
    EXPECT_EQ(make_thumbnail(test::a_jpeg(30, 20), 8, {.max_pixels = 599}).error().code, Errc::too_large);
    EXPECT_EQ(make_thumbnail(test::a_jpeg(30, 20), 0).error().code, Errc::invalid_argument);
    EXPECT_EQ(make_thumbnail(test::a_jpeg(30, 20), 65'501).error().code, Errc::invalid_argument);
}

} // namespace
} // namespace learning_loop
