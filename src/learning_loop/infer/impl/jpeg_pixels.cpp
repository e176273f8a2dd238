#include "learning_loop/infer/image_codec.h"
#include "learning_loop/infer/impl/jpeg.h"

#include <turbojpeg.h>

#include <charconv>
#include <memory>
#include <new>

namespace learning_loop {
namespace {

struct CloseHandle {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, CloseHandle>;

/// One for each thread: it keeps its tables and buffers from image to image.
tjhandle decoder()
{
    thread_local Handle const handle(tjInitDecompress());
    if (!handle) throw std::bad_alloc();
    return handle.get();
}

tjhandle encoder()
{
    thread_local Handle const handle(tjInitCompress());
    if (!handle) throw std::bad_alloc();
    return handle.get();
}

/// Many webcams write a few bytes of padding before the end marker. libjpeg keeps its first warning only, so if it is
/// this one, every pixel before it was sound.
bool is_padding_at_the_end(std::string_view warning)
{
    constexpr std::string_view begin = "Corrupt JPEG data: ", end = " extraneous bytes before marker 0xd9";
    constexpr int max_padding_bytes = 16;
    if (!warning.starts_with(begin) || !warning.ends_with(end)) return false;
    int count = max_padding_bytes + 1;
    std::from_chars(warning.data() + begin.size(), warning.data() + warning.size(), count);
    return count <= max_padding_bytes;
}

/// Ink to light as printing on white paper would, without a colour profile.
cv::Mat bgr_from_cmyk(cv::Mat const& cmyk, bool inverted)
{
    cv::Mat bgr(cmyk.size(), CV_8UC3);
    auto const light = [inverted](std::uint8_t stored) { return inverted ? stored : 255 - stored; };
    for (int y = 0; y < cmyk.rows; ++y) {
        auto const* from = cmyk.ptr<cv::Vec4b>(y);
        auto* to = bgr.ptr<cv::Vec3b>(y);
        for (int x = 0; x < cmyk.cols; ++x) {
            auto const black = light(from[x][3]);
            for (int c = 0; c < 3; ++c)
                to[x][c] = static_cast<std::uint8_t>((light(from[x][2 - c]) * black + 127) / 255);
        }
    }
    return bgr;
}

} // namespace

Result<cv::Mat> decode_jpeg(std::string_view bytes, ImageFile const& file, int shrink)
{
    bool const cmyk = file.channels == 4;
    auto const shrunk = [shrink](int side_px) { return (side_px + shrink - 1) / shrink; };
    cv::Mat pixels(shrunk(file.height_px), shrunk(file.width_px), cmyk ? CV_8UC4 : CV_8UC3);
    auto const* data = reinterpret_cast<unsigned char const*>(bytes.data());
    int const failed =
        tjDecompress2(decoder(), data, static_cast<unsigned long>(bytes.size()), pixels.data, pixels.cols,
                      static_cast<int>(pixels.step), pixels.rows, cmyk ? TJPF_CMYK : TJPF_BGR, 0);
    if (failed != 0) {
        std::string_view const what = tjGetErrorStr2(decoder());
        if (tjGetErrorCode(decoder()) != TJERR_WARNING || !is_padding_at_the_end(what))
            return broken_image("JPEG", what);
    }
    return cmyk ? bgr_from_cmyk(pixels, file.inverted_cmyk) : pixels;
}

namespace {

Result<std::string> encode(cv::Mat const& bgr, int quality, TJSAMP sampling)
{
    constexpr int max_side_px = 65500;
    if (bgr.empty() || bgr.dims != 2 || bgr.type() != CV_8UC3 || bgr.cols > max_side_px || bgr.rows > max_side_px) {
        return Error{Errc::invalid_argument, "a JPEG is made of an 8 bit BGR image of 1 to 65500 pixels a side"};
    }
    if (quality < 1 || quality > 100) return Error{Errc::invalid_argument, "quality: expected 1 to 100"};

    unsigned char* jpeg = nullptr;
    unsigned long length = 0;
    int const failed = tjCompress2(encoder(), bgr.data, bgr.cols, static_cast<int>(bgr.step), bgr.rows, TJPF_BGR, &jpeg,
                                   &length, sampling, quality, TJFLAG_ACCURATEDCT);
    std::unique_ptr<unsigned char, decltype(&tjFree)> const owner(jpeg, &tjFree);
    if (failed != 0)
        return Error{Errc::invalid_argument, std::string("cannot make a JPEG: ") + tjGetErrorStr2(encoder())};
    return std::string(reinterpret_cast<char const*>(jpeg), length);
}

} // namespace

Result<std::string> encode_jpeg(cv::Mat const& bgr, int quality)
{
    return encode(bgr, quality, TJSAMP_444);
}

Result<std::string> encode_jpeg_420(cv::Mat const& bgr, int quality)
{
    return encode(bgr, quality, TJSAMP_420);
}

} // namespace learning_loop
