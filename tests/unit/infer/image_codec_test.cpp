#include "learning_loop/infer/image_codec.h"

#include "learning_loop/base/files.h"

#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <zlib.h>

#include <array>
#include <random>

// The files in tests/data/images all show one picture of 16x8 pixels in two halves (see make_images.py).

namespace learning_loop {
namespace {

using namespace std::string_literals;

std::string image_file(std::string const& name)
{
    return read_file(std::filesystem::path(LL_TEST_DATA) / "images" / name, 1 << 20).value();
}

cv::Vec3b const left_bgr(30, 40, 200), right_bgr(180, 60, 20);
cv::Vec3b const left_gray(90, 90, 90), right_gray(210, 210, 210);

void expect_near(cv::Vec3b is, cv::Vec3b should, int tolerance, std::string const& what)
{
    for (int c = 0; c < 3; ++c) EXPECT_NEAR(is[c], should[c], tolerance) << what << ", channel " << c;
}

void expect_picture(std::string const& name, cv::Vec3b left, cv::Vec3b right, int tolerance)
{
    auto const bgr = decode_image(image_file(name));
    ASSERT_TRUE(bgr) << name << ": " << bgr.error().message;
    ASSERT_EQ(bgr->type(), CV_8UC3) << name;
    ASSERT_EQ(bgr->size(), cv::Size(16, 8)) << name;
    expect_near(bgr->at<cv::Vec3b>(4, 2), left, tolerance, name + ", left");
    expect_near(bgr->at<cv::Vec3b>(4, 13), right, tolerance, name + ", right");
}

/// A JPEG of this picture, stored as a camera does that tells the orientation in `tiff`.
std::string jpeg_with_exif(std::string const& tiff,
                           cv::Mat const& picture = cv::Mat(16, 32, CV_8UC3, cv::Scalar(9, 9, 9)))
{
    auto jpeg = encode_jpeg(picture).value();
    auto const length = tiff.size() + 8;
    jpeg.insert(2,
                "\xFF\xE1"s + static_cast<char>(length >> 8) + static_cast<char>(length & 0xFF) + "Exif\0\0"s + tiff);
    return jpeg;
}

std::string little_endian_exif(char orientation)
{
    return "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + orientation + "\0\0\0\0\0\0\0"s;
}

std::string big_endian_exif(char orientation)
{
    return "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + orientation + "\0\0\0\0\0\0"s;
}

/// A JPEG of 32x16 pixels with XMP of that content.
std::string jpeg_with_xmp(std::string const& content)
{
    auto jpeg = encode_jpeg(cv::Mat(16, 32, CV_8UC3, cv::Scalar(9, 9, 9))).value();
    auto const segment = "http://ns.adobe.com/xap/1.0/\0"s + content;
    return jpeg.insert(2, "\xFF\xE1\0"s + static_cast<char>(segment.size() + 2) + segment);
}

std::string four_bytes(std::size_t number)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
    return bytes;
}

/// A PNG's chunk, whose checksum is wrong by that much.
std::string png_chunk(std::string const& type, std::string const& content, unsigned wrong_by = 0)
{
    auto const checked = type + content;
    auto const checksum = crc32_z(0, reinterpret_cast<Bytef const*>(checked.data()), checked.size());
    return four_bytes(content.size()) + checked + four_bytes(checksum ^ wrong_by);
}

/// rgb.png, 16x8 pixels, with a chunk before its pixels.
std::string png_with(std::string const& chunk)
{
    constexpr std::size_t header_end = 33;
    auto png = image_file("rgb.png");
    return png.insert(header_end, chunk);
}

std::string png_xmp(std::string const& content)
{
    return "XML:com.adobe.xmp\0\0\0\0\0"s + content;
}

/// Both ways of looking at it agree that this is no image to work with.
void expect_broken(std::string const& bytes, std::string const& what)
{
    auto const checked = check_image(bytes);
    auto const decoded = decode_image(bytes);
    ASSERT_FALSE(checked) << what;
    ASSERT_FALSE(decoded) << what;
    EXPECT_EQ(checked.error().code, Errc::invalid_argument) << what;
    EXPECT_EQ(decoded.error().code, Errc::invalid_argument) << what;
}

/// Where the JPEG's frame header begins, or the n-th of other markers.
std::size_t marker_at(std::string const& jpeg, char marker)
{
    return jpeg.find("\xFF"s + marker);
}

std::string with_size(std::string jpeg, std::string const& height_and_width)
{
    return jpeg.replace(marker_at(jpeg, '\xC0') + 5, 4, height_and_width);
}

TEST(ImageCodec, reads_the_size_and_format_from_the_header)
{
    auto const jpeg = read_image_header(image_file("rgb_progressive.jpg")).value();
    EXPECT_EQ(jpeg.format, ImageFormat::jpeg);
    EXPECT_EQ(jpeg.width_px, 16);
    EXPECT_EQ(jpeg.height_px, 8);
    auto const png = read_image_header(image_file("rgb.png")).value();
    EXPECT_EQ(png.format, ImageFormat::png);
    EXPECT_EQ(png.width_px, 16);
    EXPECT_EQ(png.height_px, 8);
}

TEST(ImageCodec, turns_every_kind_of_colour_png_into_bgr)
{
    for (auto const* name :
         {"rgb.png", "rgba.png", "palette.png", "palette_transparent.png", "rgb_16_bit.png", "rgb_interlaced.png"}) {
        expect_picture(name, left_bgr, right_bgr, 0);
    }
}

TEST(ImageCodec, spreads_gray_over_three_channels)
{
    for (auto const* name : {"gray.png", "gray_alpha.png", "gray_16_bit.png"})
        expect_picture(name, left_gray, right_gray, 0);
    expect_picture("gray.jpg", left_gray, right_gray, 2);
}

TEST(ImageCodec, turns_every_kind_of_colour_jpeg_into_bgr)
{
    for (auto const* name : {"rgb_baseline.jpg", "rgb_progressive.jpg", "cmyk.jpg"})
        expect_picture(name, left_bgr, right_bgr, 6);
}

TEST(ImageCodec, gives_back_what_it_encoded)
{
    cv::Mat picture(37, 53, CV_8UC3);
    for (int y = 0; y < picture.rows; ++y) {
        for (int x = 0; x < picture.cols; ++x)
            picture.at<cv::Vec3b>(y, x) =
                cv::Vec3b(cv::saturate_cast<uchar>(4 * x), cv::saturate_cast<uchar>(5 * y), 77);
    }
    auto const again = decode_image(encode_jpeg(picture).value()).value();
    EXPECT_LE(cv::norm(picture, again, cv::NORM_INF), 6);
}

TEST(ImageCodec, encodes_a_part_of_a_larger_image)
{
    cv::Mat large(40, 40, CV_8UC3, cv::Scalar(0, 0, 0));
    large(cv::Rect(8, 8, 16, 16)) = cv::Scalar(10, 200, 30);
    auto const again = decode_image(encode_jpeg(large(cv::Rect(8, 8, 16, 16))).value()).value();
    expect_near(again.at<cv::Vec3b>(15, 15), {10, 200, 30}, 3, "part");
}

TEST(ImageCodec, encodes_nothing_but_8_bit_bgr)
{
    EXPECT_EQ(encode_jpeg({}).error().code, Errc::invalid_argument);
    EXPECT_EQ(encode_jpeg(cv::Mat(4, 4, CV_8UC1)).error().code, Errc::invalid_argument);
    EXPECT_EQ(encode_jpeg(cv::Mat(4, 4, CV_16UC3)).error().code, Errc::invalid_argument);
    EXPECT_EQ(encode_jpeg(cv::Mat(4, 4, CV_8UC3), 0).error().code, Errc::invalid_argument);
    EXPECT_EQ(encode_jpeg(cv::Mat(1, 70000, CV_8UC3)).error().code, Errc::invalid_argument);
}

TEST(ImageCodec, makes_every_orientation_upright)
{
    cv::Mat stored(16, 32, CV_8UC3, cv::Scalar(0, 0, 0));
    stored(cv::Rect(0, 0, 8, 8)) = cv::Scalar(255, 0, 0);  // blue top left
    stored(cv::Rect(24, 0, 8, 8)) = cv::Scalar(0, 0, 255); // red top right
    struct Upright {
        bool blue_right, blue_bottom, red_right, red_bottom;
    };
    constexpr bool left = false, right = true, top = false, bottom = true;
    std::array<Upright, 8> const expected{{{left, top, right, top},
                                           {right, top, left, top},
                                           {right, bottom, left, bottom},
                                           {left, bottom, right, bottom},
                                           {left, top, left, bottom},
                                           {right, top, right, bottom},
                                           {right, bottom, right, top},
                                           {left, bottom, left, top}}};

    for (int orientation = 1; orientation <= 8; ++orientation) {
        auto const bytes = jpeg_with_exif(little_endian_exif(static_cast<char>(orientation)), stored);
        auto const header = read_image_header(bytes).value();
        auto const bgr = decode_image(bytes).value();
        EXPECT_EQ(header.orientation, orientation);
        EXPECT_EQ(cv::Size(header.width_px, header.height_px), bgr.size());
        EXPECT_EQ(bgr.size(), orientation < 5 ? cv::Size(32, 16) : cv::Size(16, 32));
        auto const corner = [&](bool is_right, bool is_bottom) {
            return bgr.at<cv::Vec3b>(is_bottom ? bgr.rows - 4 : 3, is_right ? bgr.cols - 4 : 3);
        };
        auto const& where = expected[static_cast<std::size_t>(orientation - 1)];
        expect_near(corner(where.blue_right, where.blue_bottom), {255, 0, 0}, 8,
                    "blue, orientation " + std::to_string(orientation));
        expect_near(corner(where.red_right, where.red_bottom), {0, 0, 255}, 8,
                    "red, orientation " + std::to_string(orientation));
    }
}

TEST(ImageCodec, reads_an_orientation_in_both_byte_orders)
{
    EXPECT_EQ(read_image_header(jpeg_with_exif(little_endian_exif(6))).value().orientation, 6);
    EXPECT_EQ(read_image_header(jpeg_with_exif(big_endian_exif(6))).value().orientation, 6);
}

TEST(ImageCodec, reads_the_orientation_of_a_png)
{
    auto const chunk = png_chunk("eXIf", big_endian_exif(8));
    auto behind_pixels = image_file("rgb.png");
    behind_pixels.insert(behind_pixels.size() - 12, chunk);
    for (auto const& png : {png_with(chunk), behind_pixels}) {
        EXPECT_EQ(read_image_header(png).value().orientation, 8);
        EXPECT_EQ(check_image(png).value().orientation, 8);
        EXPECT_EQ(decode_image(png).value().size(), cv::Size(8, 16));
    }
}

TEST(ImageCodec, reads_an_orientation_from_xmp)
{
    auto const jpeg = jpeg_with_xmp("<rdf:Description tiff:Orientation=\"6\"/>");
    auto const png = png_with(png_chunk("iTXt", png_xmp("<tiff:Orientation>6</tiff:Orientation>")));
    for (auto const& bytes : {jpeg, png}) {
        EXPECT_EQ(read_image_header(bytes).value().orientation, 6);
        EXPECT_EQ(check_image(bytes).value().orientation, 6);
    }
    EXPECT_EQ(decode_image(jpeg).value().size(), cv::Size(16, 32));
    EXPECT_EQ(decode_image(png).value().size(), cv::Size(8, 16));
}

TEST(ImageCodec, believes_exif_rather_than_xmp)
{
    auto const xmp = png_chunk("iTXt", png_xmp("tiff:Orientation=\"6\""));
    EXPECT_EQ(read_image_header(png_with(xmp + png_chunk("eXIf", big_endian_exif(3)))).value().orientation, 3);
    EXPECT_EQ(read_image_header(png_with(xmp + png_chunk("eXIf", big_endian_exif(9)))).value().orientation, 1);
    EXPECT_EQ(read_image_header(png_with(xmp + png_chunk("eXIf", "MM\0*\0\0\0\x08\0\0"s))).value().orientation, 6)
        << "EXIF that says nothing of it";
    auto jpeg = jpeg_with_xmp("tiff:Orientation=\"6\"");
    auto const exif = jpeg_with_exif(little_endian_exif(3));
    jpeg.insert(2, exif.substr(2, 36));
    EXPECT_EQ(read_image_header(jpeg).value().orientation, 3);
}

TEST(ImageCodec, believes_no_damaged_chunk_and_takes_no_file_with_one)
{
    auto const exif = png_with(png_chunk("eXIf", big_endian_exif(8), 1));
    auto const xmp = png_with(png_chunk("iTXt", png_xmp("tiff:Orientation=\"6\""), 1));
    auto const other = png_with(png_chunk("tEXt", "Comment\0hello"s, 1));
    for (auto const& png : {exif, xmp, other}) {
        EXPECT_EQ(read_image_header(png).value().orientation, 1);
        expect_broken(png, "a chunk with a wrong checksum"); // Pillow would not open it
    }
}

TEST(ImageCodec, leaves_texts_alone_that_are_no_xmp)
{
    auto compressed = png_xmp("tiff:Orientation=\"6\"");
    compressed[18] = 1;
    auto const cut = png_xmp("").substr(0, 20);
    for (auto const& content : {"Comment\0\0\0\0\0tiff:Orientation=\"6\""s, compressed, cut, cut.substr(0, 19), ""s}) {
        EXPECT_EQ(decode_image(png_with(png_chunk("iTXt", content))).value().size(), cv::Size(16, 8));
    }
}

TEST(ImageCodec, refuses_what_is_no_image)
{
    for (auto const& bytes :
         {""s, "hello"s, "\xFF"s, "\xD8\xFF"s, "<svg xmlns='http://www.w3.org/2000/svg'/>"s, "GIF89a"s}) {
        auto const refused = read_image_header(bytes);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        EXPECT_NE(refused.error().message.find("not a JPEG or PNG image"), std::string::npos);
    }
}

TEST(ImageCodec, names_the_limit_of_bytes)
{
    auto const refused = read_image_header(image_file("rgb_baseline.jpg"), {.max_bytes = 100});
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_EQ(check_image(image_file("rgb.png"), {.max_bytes = 10}).error().code, Errc::too_large);
}

TEST(ImageCodec, names_the_limit_of_pixels_before_it_decodes_any)
{
    auto const bomb = with_size(image_file("rgb_baseline.jpg"), "\xFF\xDC\xFF\xDC");
    auto const refused = decode_image(bomb);
    EXPECT_EQ(refused.error().code, Errc::too_large);
    EXPECT_EQ(refused.error().message,
              "the image has 65500x65500 pixels, more than the 50 megapixels that are accepted: scale it down");
    auto png = image_file("rgb.png");
    EXPECT_EQ(check_image(png.replace(16, 8, "\x7F\xFF\xFF\xFF\x7F\xFF\xFF\xFF")).error().code, Errc::too_large);
    EXPECT_EQ(read_image_header(png.replace(16, 8, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")).error().code,
              Errc::invalid_argument);
}

TEST(ImageCodec, refuses_a_file_that_was_cut_off_anywhere)
{
    for (auto const* name : {"rgb_baseline.jpg", "rgb_progressive.jpg", "gray.jpg", "rgb.png", "rgb_interlaced.png"}) {
        auto const whole = image_file(name);
        for (std::size_t length = 0; length < whole.size(); ++length) {
            expect_broken(whole.substr(0, length), name + " cut to "s + std::to_string(length));
        }
    }
}

TEST(ImageCodec, refuses_a_cut_off_file_of_which_the_pixels_were_rewritten)
{
    auto jpeg = image_file("rgb_baseline.jpg");
    auto const pixels = marker_at(jpeg, '\xDA') + 14;
    expect_broken(jpeg.substr(0, pixels), "no pixels at all");
    auto const shortened = jpeg.substr(0, pixels + 4) + "\xFF\xD9"s;
    EXPECT_TRUE(check_image(shortened));
    EXPECT_EQ(decode_image(shortened).error().code, Errc::invalid_argument);
}

TEST(ImageCodec, refuses_a_jpeg_whose_pixels_are_damaged)
{
    cv::Mat picture(64, 64, CV_8UC3);
    cv::randu(picture, 0, 255);
    auto jpeg = encode_jpeg(picture).value();
    jpeg.replace(jpeg.size() / 2, 2, "\xFF\xD0");
    EXPECT_TRUE(check_image(jpeg));
    EXPECT_EQ(decode_image(jpeg).error().code, Errc::invalid_argument);
}

TEST(ImageCodec, refuses_a_png_whose_checksum_is_wrong)
{
    for (auto const* name : {"rgb.png", "palette.png"}) {
        for (auto const* type : {"IHDR", "PLTE", "IDAT", "IEND"}) {
            auto png = image_file(name);
            auto const at = png.find(type);
            if (at == std::string::npos) continue;
            auto const length = static_cast<unsigned char>(png[at - 2]) << 8 | static_cast<unsigned char>(png[at - 1]);
            png[at + 4 + static_cast<std::size_t>(length)] ^= 1;
            expect_broken(png, name + " "s + type);
        }
    }
    auto png = image_file("rgb.png");
    png[png.find("IDAT") + 8] ^= 1;
    expect_broken(png, "a changed pixel");
}

TEST(ImageCodec, accepts_the_padding_that_webcams_write_before_the_end)
{
    for (std::size_t const bytes : {5U, 500U, 4096U}) {
        auto jpeg = image_file("rgb_baseline.jpg");
        jpeg.insert(jpeg.size() - 2, bytes, '\x11');
        EXPECT_TRUE(check_image(jpeg));
        EXPECT_TRUE(decode_image(jpeg));
    }
}

TEST(ImageCodec, accepts_what_follows_the_end_of_a_jpeg)
{
    EXPECT_TRUE(decode_image(image_file("rgb_baseline.jpg") + std::string(1000, 'x')));
}

TEST(ImageCodec, refuses_a_progressive_jpeg_of_too_many_scans)
{
    auto const jpeg = image_file("rgb_progressive.jpg");
    auto const last_scan = jpeg.substr(jpeg.rfind("\xFF\xDA"), jpeg.size() - 2 - jpeg.rfind("\xFF\xDA"));
    auto bomb = jpeg;
    for (int i = 0; i < 100; ++i) bomb.insert(jpeg.size() - 2, last_scan);
    EXPECT_TRUE(read_image_header(bomb));
    expect_broken(bomb, "a hundred scans more");
}

TEST(ImageCodec, refuses_the_kinds_of_jpeg_that_browsers_cannot_show)
{
    auto const jpeg = image_file("rgb_baseline.jpg");
    for (char const kind : {'\xC3', '\xC5', '\xC9', '\xCA', '\xCB', '\xCF'}) {
        auto other = jpeg;
        other[marker_at(jpeg, '\xC0') + 1] = kind;
        expect_broken(other, "another coding");
    }
    auto twelve_bits = jpeg, no_channels = jpeg;
    twelve_bits[marker_at(jpeg, '\xC0') + 4] = 12;
    no_channels[marker_at(jpeg, '\xC0') + 9] = 0;
    expect_broken(twelve_bits, "12 bits");
    expect_broken(no_channels, "no channels");
    expect_broken(with_size(jpeg, "\0\0\0\x10"s), "height told later");
}

TEST(ImageCodec, refuses_endless_segments_quickly)
{
    auto jpeg = image_file("rgb_baseline.jpg");
    std::string segments;
    for (int i = 0; i < 5000; ++i) segments += "\xFF\xFE\0\x02"s;
    jpeg.insert(2, segments);
    expect_broken(jpeg, "5000 comments");
}

TEST(ImageCodec, survives_bytes_changed_at_random)
{
    std::mt19937 random(7);
    int sound = 0, broken = 0;
    for (auto const* name :
         {"rgb_baseline.jpg", "rgb_progressive.jpg", "cmyk.jpg", "rgb.png", "palette.png", "rgb_interlaced.png"}) {
        auto const whole = image_file(name);
        for (int i = 0; i < 500; ++i) {
            auto bytes = whole;
            for (int n = 0; n < 1 + i % 3; ++n) bytes[random() % bytes.size()] = static_cast<char>(random());
            auto const header = check_image(bytes, {.max_pixels = 100'000});
            auto const bgr = decode_image(bytes, {.max_pixels = 100'000});
            if (bgr) {
                ASSERT_TRUE(header);
                EXPECT_EQ(bgr->size(), cv::Size(header->width_px, header->height_px));
            }
            ++(bgr ? sound : broken);
        }
    }
    EXPECT_GT(sound, 0);
    EXPECT_GT(broken, 0);
}

} // namespace
} // namespace learning_loop
