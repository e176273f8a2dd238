#include "learning_loop/infer/sent_image.h"

#include "support/sample_images.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>

namespace learning_loop {
namespace {

using namespace std::string_literals;
using Shape = std::vector<std::int64_t>;

std::string refusal(std::string_view dtype, Shape const& shape, std::size_t bytes, ImageLimits const& limits = {})
{
    auto const layout = read_pixel_layout(dtype, shape, bytes, limits);
    return layout ? "taken" : layout.error().message;
}

SentImage sent_pixels(std::string bytes, PixelLayout layout)
{
    return {Bytes(std::move(bytes)), "image", layout};
}

cv::Vec3b pixel(cv::Mat const& bgr, int row, int column)
{
    return bgr.at<cv::Vec3b>(row, column);
}

TEST(PixelLayout, is_read_as_numpy_tells_it)
{
    auto const color = read_pixel_layout("uint8", {2, 5, 3}, 30).value();
    EXPECT_EQ(std::tuple(color.width_px, color.height_px, color.channels), std::tuple(5, 2, 3));
    auto const with_alpha = read_pixel_layout("uint8", {2, 5, 4}, 40).value();
    EXPECT_EQ(with_alpha.channels, 4);
    for (auto const& shape : {Shape{2, 5}, Shape{2, 5, 1}}) {
        auto const gray = read_pixel_layout("uint8", shape, 10).value();
        EXPECT_EQ(std::tuple(gray.width_px, gray.height_px, gray.channels), std::tuple(5, 2, 1));
    }
}

TEST(PixelLayout, takes_every_name_that_numpy_has_for_bytes_and_no_other_type)
{
    for (auto const* dtype : {"uint8", "u1", "|u1", "<u1", ">u1", "=u1", "B"})
        EXPECT_EQ(refusal(dtype, {2, 2, 3}, 12), "taken") << dtype;
    for (auto const* dtype :
         {"",    "uint8 ",  "UINT8", "int8", "i1", "|i1", "bool", "|b1", "?",  "uint16", ">u2",
          "<u2", "float32", "<f8",   "c16",  "O",  "|O",  "V100", "S1",  "U1", "M8[ns]", "object"}) {
        EXPECT_EQ(refusal(dtype, {2, 2, 3}, 12),
                  "dtype: '"s + dtype + "' is not taken: send pixels of 8 bits, as uint8");
    }
}

TEST(PixelLayout, shows_no_control_character_of_a_dtype)
{
    EXPECT_EQ(refusal("a\nb\x1b", {2, 2, 3}, 12).find_first_of("\n\x1b"), std::string::npos);
}

TEST(PixelLayout, refuses_a_shape_that_is_no_image)
{
    for (auto const& shape : {Shape{}, Shape{12}, Shape{1, 2, 2, 3}, Shape{1, 1, 2, 2, 3}})
        EXPECT_NE(refusal("uint8", shape, 12).find("is no image: send [height, width, channels]"), std::string::npos);
    EXPECT_EQ(refusal("uint8", Shape(1000, 1), 1),
              "shape: [1, 1, 1, 1, 1, 1, ...] is no image: send [height, width, channels]");
    for (std::int64_t const channels : {-3, 0, 2, 5, 1000})
        EXPECT_NE(refusal("uint8", {2, 2, channels}, 12).find("channels: send 3 (RGB), 1 (gray) or 4 (RGBA)"),
                  std::string::npos)
            << channels;
    for (auto const& shape : {Shape{-2, -2, 3}, Shape{-1, 2, 3}, Shape{2, -1, 3}, Shape{0, 2, 3}, Shape{2, 0, 3}})
        EXPECT_NE(refusal("uint8", shape, 12).find("has an impossible width or height"), std::string::npos);
}

TEST(PixelLayout, refuses_a_shape_that_tells_of_other_bytes_than_came)
{
    EXPECT_EQ(refusal("uint8", {2, 2, 3}, 11), "shape: [2, 2, 3] tells of 12 bytes, but 11 came");
    EXPECT_EQ(refusal("uint8", {2, 2, 3}, 13), "shape: [2, 2, 3] tells of 12 bytes, but 13 came");
    EXPECT_EQ(refusal("uint8", {2, 2}, 0), "shape: [2, 2] tells of 4 bytes, but 0 came");
}

TEST(PixelLayout, refuses_products_that_do_not_fit_into_64_bits)
{
    constexpr std::int64_t trillion_squared = 1'000'000'000'000'000'000;
    for (auto const& shape : {Shape{trillion_squared, trillion_squared, 3}, Shape{std::int64_t{1} << 32, 1 << 30, 4},
                              Shape{INT64_MAX, 1, 1}, Shape{INT64_MIN, INT64_MIN, 3}}) {
        EXPECT_NE(refusal("uint8", shape, 0).find("has an impossible width or height"), std::string::npos);
    }
}

TEST(PixelLayout, looks_at_the_bytes_that_came_before_it_finds_room_for_those_that_were_told_of)
{
    ImageLimits limits;
    limits.max_pixels = INT64_MAX;
    EXPECT_NE(refusal("uint8", {500'000'000, 500'000'000, 4}, 12, limits)
                  .find("tells of 1000000000000000000 bytes, but 12 came"),
              std::string::npos);
}

TEST(PixelLayout, has_no_more_pixels_than_the_limits_allow)
{
    ImageLimits limits;
    limits.max_pixels = 100;
    EXPECT_TRUE(read_pixel_layout("uint8", {10, 10, 3}, 300, limits));
    auto const refused = read_pixel_layout("uint8", {10, 11, 3}, 330, limits);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_EQ(refused.error().message,
              "shape: [10, 11, 3] has more than the 100 pixels that are accepted: scale the image down");
}

TEST(SentImage, of_rgb_pixels_is_the_same_picture_in_bgr)
{
    auto const bgr =
        decode_image(sent_pixels("\x01\x02\x03\x11\x12\x13\x21\x22\x23\x31\x32\x33\x41\x42\x43\x51\x52\x53", {3, 2, 3}))
            .value();
    ASSERT_EQ(bgr.type(), CV_8UC3);
    ASSERT_EQ(bgr.size(), cv::Size(3, 2));
    EXPECT_EQ(pixel(bgr, 0, 0), cv::Vec3b(3, 2, 1));
    EXPECT_EQ(pixel(bgr, 0, 2), cv::Vec3b(0x23, 0x22, 0x21));
    EXPECT_EQ(pixel(bgr, 1, 0), cv::Vec3b(0x33, 0x32, 0x31));
}

TEST(SentImage, of_gray_pixels_is_spread_over_the_channels)
{
    auto const bgr = decode_image(sent_pixels("\x01\xff", {1, 2, 1})).value();
    ASSERT_EQ(bgr.type(), CV_8UC3);
    EXPECT_EQ(pixel(bgr, 0, 0), cv::Vec3b(1, 1, 1));
    EXPECT_EQ(pixel(bgr, 1, 0), cv::Vec3b(255, 255, 255));
}

TEST(SentImage, of_rgba_pixels_drops_how_transparent_they_are)
{
    auto const bgr = decode_image(sent_pixels("\x01\x02\x03\x00\x11\x12\x13\xff"s, {2, 1, 4})).value();
    ASSERT_EQ(bgr.type(), CV_8UC3);
    EXPECT_EQ(pixel(bgr, 0, 0), cv::Vec3b(3, 2, 1));
    EXPECT_EQ(pixel(bgr, 0, 1), cv::Vec3b(0x13, 0x12, 0x11));
}

TEST(SentImage, leaves_the_senders_pixels_as_they_are)
{
    auto const image = sent_pixels("\x01\x02\x03", {1, 1, 3});
    auto bgr = decode_image(image).value();
    bgr.at<cv::Vec3b>(0, 0) = {9, 9, 9};
    EXPECT_EQ(image.bytes.view(), "\x01\x02\x03");
}

TEST(SentImage, that_is_a_file_is_decoded_as_one_and_its_name_is_in_the_error)
{
    EXPECT_EQ(decode_image(test::sent_file(test::a_jpeg(13, 7)))->size(), cv::Size(13, 7));
    EXPECT_TRUE(decode_image(test::sent_file("text", "images[2]")).error().message.starts_with("images[2]: "));
    EXPECT_TRUE(jpeg_of(test::sent_file("text", "images[2]")).error().message.starts_with("images[2]: "));
    EXPECT_FALSE(decode_image(test::sent_file("text", "")).error().message.starts_with(": "));
}

TEST(SentImage, that_is_a_jpeg_keeps_its_bytes_without_a_copy)
{
    auto const image = test::sent_file(test::sample_image("rgb_progressive.jpg"));
    EXPECT_EQ(jpeg_of(image)->view().data(), image.bytes.view().data());
}

TEST(SentImage, of_any_other_kind_becomes_a_jpeg_of_the_same_picture)
{
    std::string pixels;
    for (int i = 0; i < 16 * 16; ++i) pixels += "\xc8\x64\x0a"; // red 200, green 100, blue 10
    for (auto const& image : {sent_pixels(pixels, {16, 16, 3}), test::sent_file(test::sample_image("rgb.png"))}) {
        auto const jpeg = jpeg_of(image).value();
        ASSERT_EQ(read_image_header(jpeg.view())->format, ImageFormat::jpeg);
        auto const is = decode_image(jpeg.view()).value();
        auto const should = decode_image(image).value();
        EXPECT_LT(cv::norm(is, should, cv::NORM_INF), 12);
    }
}

TEST(SentImage, that_is_not_whole_becomes_no_jpeg)
{
    auto const jpeg = test::a_jpeg();
    EXPECT_EQ(jpeg_of(test::sent_file(jpeg.substr(0, jpeg.size() - 2))).error().code, Errc::invalid_argument);
    ImageLimits limits;
    limits.max_pixels = 63;
    EXPECT_EQ(jpeg_of(test::sent_file(jpeg), limits).error().code, Errc::too_large);
}

} // namespace
} // namespace learning_loop
