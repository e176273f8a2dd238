#include "learning_loop/infer/image_codec.h"
#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/jpeg_errors.h"

#include <algorithm>
#include <new>

namespace learning_loop {
namespace {

/// Where libjpeg puts a file: a string that doubles whenever it is full.
struct GrowingFile {
    GrowingFile();

    jpeg_destination_mgr destination{}; // must be first: libjpeg hands out its address
    std::string bytes;
};

GrowingFile& file_of(j_compress_ptr jpeg)
{
    return *reinterpret_cast<GrowingFile*>(jpeg->dest);
}

/// An exception must not pass through libjpeg.
bool grow(GrowingFile& file)
{
    constexpr std::size_t first_bytes = std::size_t{64} << 10;
    auto const used = file.bytes.size();
    try {
        file.bytes.resize(std::max(2 * used, first_bytes));
    } catch (std::bad_alloc const&) {
        return false;
    }
    file.destination.next_output_byte = reinterpret_cast<JOCTET*>(file.bytes.data()) + used;
    file.destination.free_in_buffer = file.bytes.size() - used;
    return true;
}

void begin(j_compress_ptr jpeg)
{
    if (!grow(file_of(jpeg))) ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
}

boolean go_on(j_compress_ptr jpeg)
{
    begin(jpeg);
    return TRUE;
}

void end(j_compress_ptr jpeg)
{
    auto& file = file_of(jpeg);
    file.bytes.resize(file.bytes.size() - file.destination.free_in_buffer);
}

GrowingFile::GrowingFile()
{
    destination.init_destination = begin;
    destination.empty_output_buffer = go_on;
    destination.term_destination = end;
}

struct Compressor {
    Compressor() { jpeg.err = &errors.manager; }
    Compressor(Compressor const&) = delete;
    Compressor& operator=(Compressor const&) = delete;
    ~Compressor() { jpeg_destroy_compress(&jpeg); }

    JpegErrors errors;
    GrowingFile file;
    jpeg_compress_struct jpeg{};
};

enum class Colours { full, half }; ///< Their resolution: 4:4:4 or 4:2:0.

void set_kind(jpeg_compress_struct& jpeg, cv::Mat const& bgr, int quality, Colours colours)
{
    jpeg.image_width = static_cast<JDIMENSION>(bgr.cols);
    jpeg.image_height = static_cast<JDIMENSION>(bgr.rows);
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&jpeg); // YCbCr, whose colours have half the resolution
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.dct_method = JDCT_ISLOW;
    int const step = colours == Colours::half ? 2 : 1;
    jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = step;
}

/// Returns false with the reason in `errors`. No object with a destructor may live in here.
bool write_rows(Compressor& to, cv::Mat const& bgr, int quality, Colours colours)
{
    constexpr int rows_at_once = 16;
    if (setjmp(to.errors.on_error) != 0) return false;
    auto& jpeg = to.jpeg;
    jpeg_create_compress(&jpeg);
    jpeg.dest = &to.file.destination;
    set_kind(jpeg, bgr, quality, colours);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW rows[rows_at_once];
        auto const first = static_cast<int>(jpeg.next_scanline);
        int const count = std::min(rows_at_once, bgr.rows - first);
        for (int i = 0; i < count; ++i) rows[i] = const_cast<JSAMPROW>(bgr.ptr(first + i)); // which libjpeg only reads
        jpeg_write_scanlines(&jpeg, rows, static_cast<JDIMENSION>(count));
    }
    jpeg_finish_compress(&jpeg);
    return true;
}

Result<std::string> encode(cv::Mat const& bgr, int quality, Colours colours)
{
    if (bgr.empty() || bgr.dims != 2 || bgr.type() != CV_8UC3 || bgr.cols > JPEG_MAX_DIMENSION ||
        bgr.rows > JPEG_MAX_DIMENSION) {
        return Error{Errc::invalid_argument, "a JPEG is made of an 8 bit BGR image of 1 to 65500 pixels a side"};
    }
    if (quality < 1 || quality > 100) return Error{Errc::invalid_argument, "quality: expected 1 to 100"};

    Compressor compressor;
    if (!write_rows(compressor, bgr, quality, colours))
        return Error{Errc::invalid_argument, "cannot make a JPEG: " + std::string(compressor.errors.reason())};
    return std::move(compressor.file.bytes);
}

} // namespace

Result<std::string> encode_jpeg(cv::Mat const& bgr, int quality)
{
    return encode(bgr, quality, Colours::full);
}

Result<std::string> encode_jpeg_420(cv::Mat const& bgr, int quality)
{
    return encode(bgr, quality, Colours::half);
}

} // namespace learning_loop
