#include "learning_loop/base/memory.h"
#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/jpeg_errors.h"

#include <algorithm>
#include <cstdint>

namespace learning_loop {
namespace {

constexpr int rows_at_once = 16; // as many as the tallest block of a JPEG has

/// Of one file: libjpeg keeps its tables, so the next file would be read with those of this one where it lacks its own.
struct Decompressor {
    Decompressor() { jpeg.err = &errors.manager; }
    Decompressor(Decompressor const&) = delete;
    Decompressor& operator=(Decompressor const&) = delete;
    ~Decompressor() { jpeg_destroy_decompress(&jpeg); }

    JpegErrors errors;
    jpeg_decompress_struct jpeg{};
};

/// Ink to light as printing on white paper would, without a colour profile. Inks are stored as Adobe does, 255 for
/// none, whether or not a segment of Adobe's says so: browsers and Pillow, which most trainers read with, show them so.
void mix_inks(cv::Mat const& inks, int rows, cv::Mat& bgr, int first_row)
{
    for (int y = 0; y < rows; ++y) {
        auto const* from = inks.ptr<cv::Vec4b>(y);
        auto* to = bgr.ptr<cv::Vec3b>(first_row + y);
        for (int x = 0; x < bgr.cols; ++x) {
            for (int c = 0; c < 3; ++c) to[x][c] = static_cast<std::uint8_t>((from[x][2 - c] * from[x][3] + 127) / 255);
        }
    }
}

void read_bgr_rows(jpeg_decompress_struct& jpeg, cv::Mat& bgr)
{
    JSAMPROW rows[rows_at_once];
    while (jpeg.output_scanline < jpeg.output_height) {
        auto const first = static_cast<int>(jpeg.output_scanline);
        int const count = std::min(rows_at_once, bgr.rows - first);
        for (int i = 0; i < count; ++i) rows[i] = bgr.ptr(first + i);
        jpeg_read_scanlines(&jpeg, rows, static_cast<JDIMENSION>(count));
    }
}

void read_ink_rows(jpeg_decompress_struct& jpeg, cv::Mat& inks, cv::Mat& bgr)
{
    JSAMPROW rows[rows_at_once];
    for (int i = 0; i < rows_at_once; ++i) rows[i] = inks.ptr(i);
    while (jpeg.output_scanline < jpeg.output_height) {
        auto const first = static_cast<int>(jpeg.output_scanline);
        auto const count = jpeg_read_scanlines(&jpeg, rows, rows_at_once);
        mix_inks(inks, static_cast<int>(count), bgr, first);
    }
}

/// Returns false with the reason in `errors` if the file is damaged. No object with a destructor may live in here.
bool read_rows(Decompressor& from, std::string_view bytes, int shrink, cv::Mat& inks, cv::Mat& bgr)
{
    if (setjmp(from.errors.on_error) != 0) return false;
    auto& jpeg = from.jpeg;
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = inks.empty() ? JCS_EXT_BGR : JCS_CMYK;
    jpeg.scale_num = 1;
    jpeg.scale_denom = static_cast<unsigned>(shrink);
    jpeg_calc_output_dimensions(&jpeg);
    bool const as_promised = jpeg.output_width == static_cast<JDIMENSION>(bgr.cols) &&
                             jpeg.output_height == static_cast<JDIMENSION>(bgr.rows) &&
                             (jpeg.num_components == 4) == !inks.empty();
    if (!as_promised) return from.errors.refuse("its header contradicts itself");
    jpeg_start_decompress(&jpeg);
    if (inks.empty()) read_bgr_rows(jpeg, bgr);
    else read_ink_rows(jpeg, inks, bgr);
    jpeg_finish_decompress(&jpeg); // reads on to the end marker
    return true;
}

} // namespace

Result<cv::Mat> decode_jpeg(std::string_view bytes, ImageFile const& file, int shrink)
{
    auto const shrunk = [shrink](int side_px) { return (side_px + shrink - 1) / shrink; };
    cv::Mat bgr(shrunk(file.height_px), shrunk(file.width_px), CV_8UC3), inks;
    prefer_large_pages(bgr.data, bgr.total() * bgr.elemSize());
    if (file.channels == 4) inks.create(rows_at_once, bgr.cols, CV_8UC4);
    Decompressor decompressor;
    if (!read_rows(decompressor, bytes, shrink, inks, bgr)) return broken_image("JPEG", decompressor.errors.reason());
    return bgr;
}

} // namespace learning_loop
