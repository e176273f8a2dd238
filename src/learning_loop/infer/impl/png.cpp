#include "learning_loop/infer/impl/png.h"

#include "learning_loop/infer/impl/exif.h"
#include "learning_loop/infer/impl/xmp.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace learning_loop {
namespace {

using namespace std::string_view_literals;
constexpr std::string_view signature = "\x89PNG\r\n\x1A\n"sv;

Error broken_png(std::string_view why)
{
    return broken_image("PNG", why);
}

std::uint32_t big_endian(std::string_view four_bytes)
{
    std::uint32_t value = 0;
    for (char const byte : four_bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

/// What libpng reads from and reports to. After an error it leaves through a longjmp, which runs no destructors.
struct PngInput {
    std::string_view rest;
    std::array<char, 128> error{};
    std::jmp_buf on_error;
};

void read_from_memory(png_structp png, png_bytep to, png_size_t length)
{
    auto* input = static_cast<PngInput*>(png_get_io_ptr(png));
    if (length > input->rest.size()) png_error(png, "it ends early");
    std::copy_n(input->rest.data(), length, reinterpret_cast<char*>(to));
    input->rest.remove_prefix(length);
}

[[noreturn]] void leave(png_structp png, png_const_charp what)
{
    auto* input = static_cast<PngInput*>(png_get_error_ptr(png));
    std::string_view const text = what;
    text.copy(input->error.data(), input->error.size() - 1);
    std::longjmp(input->on_error, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

/// Whatever the file holds becomes 8 bit BGR. Gamma and profiles are left alone, as trainers' readers do.
void ask_for_bgr(png_structp png)
{
    png_set_strip_16(png);
    png_set_palette_to_rgb(png);
    png_set_expand_gray_1_2_4_to_8(png);
    png_set_gray_to_rgb(png);
    png_set_strip_alpha(png);
    png_set_bgr(png);
}

/// Returns false with the reason in `input` if the file is damaged. No object with a destructor may live in here.
bool read_rows(png_structp png, png_infop info, PngInput& input, cv::Mat& bgr)
{
    if (setjmp(input.on_error) != 0) return false;
    png_set_read_fn(png, &input, read_from_memory);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
    png_read_info(png, info);
    ask_for_bgr(png);
    int const passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    bool const as_promised = png_get_image_width(png, info) == static_cast<png_uint_32>(bgr.cols) &&
                             png_get_image_height(png, info) == static_cast<png_uint_32>(bgr.rows) &&
                             png_get_rowbytes(png, info) == 3 * static_cast<std::size_t>(bgr.cols);
    if (!as_promised) png_error(png, "its header contradicts itself");
    for (int pass = 0; pass < passes; ++pass) {
        for (int y = 0; y < bgr.rows; ++y) png_read_row(png, bgr.ptr(y), nullptr);
    }
    png_read_end(png, nullptr);
    return true;
}

struct Chunk {
    std::string_view type;
    std::string_view content;
    std::string_view checked; ///< What the checksum is of: both of them.
    std::uint32_t checksum;

    bool is_whole() const
    {
        auto const* const bytes = reinterpret_cast<Bytef const*>(checked.data());
        return crc32_z(0, bytes, checked.size()) == checksum;
    }
};

/// The text of an XMP packet, if the chunk iTXt holds one as it is. Returns nullopt if it holds something else.
std::optional<std::string_view> xmp_in(std::string_view content)
{
    constexpr auto head = "XML:com.adobe.xmp\0\0"sv; // its keyword, and that it is not compressed
    if (!content.starts_with(head) || content.size() == head.size()) return std::nullopt;
    content.remove_prefix(head.size() + 1); // the method of the compression
    for (int i = 0; i < 2; ++i) {           // its language, and its keyword in that
        auto const end = content.find('\0');
        if (end == std::string_view::npos) return std::nullopt;
        content.remove_prefix(end + 1);
    }
    return content;
}

/// What a file tells of itself, chunk by chunk.
class PngFacts {
public:
    explicit PngFacts(CheckedChunks checked) : checks_all_(checked == CheckedChunks::all) {}

    Result<void> read_chunk(Chunk const& chunk)
    {
        // Also of a chunk that is not needed: Pillow, which most trainers read with, does not open such a file.
        if (checks_all_ && !chunk.is_whole()) return broken_png("a checksum of it is wrong");
        if (file_.width_px == 0) return read_header(chunk);
        if (chunk.type == "eXIf" && chunk.is_whole()) {
            orientation_.exif = exif_orientation(chunk.content);
        } else if (chunk.type == "IDAT") {
            has_pixels_ = true;
        } else if (auto const xmp = chunk.type == "iTXt" ? xmp_in(chunk.content) : std::nullopt) {
            if (chunk.is_whole()) orientation_.xmp = xmp_orientation(*xmp);
        }
        return {};
    }

    bool has_pixels() const { return has_pixels_; }

    ImageFile file() const
    {
        auto file = file_;
        file.orientation = orientation_.value();
        return file;
    }

private:
    /// The chunk IHDR, which must be the first.
    Result<void> read_header(Chunk const& chunk)
    {
        if (chunk.type != "IHDR" || chunk.content.size() != 13) return broken_png("it does not begin with its header");
        auto const width = big_endian(chunk.content), height = big_endian(chunk.content.substr(4));
        if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX)
            return broken_png("its size is impossible");
        file_.width_px = static_cast<int>(width);
        file_.height_px = static_cast<int>(height);
        return {};
    }

    ImageFile file_;
    ToldOrientation orientation_;
    bool checks_all_;
    bool has_pixels_ = false;
};

} // namespace

bool looks_like_png(std::string_view bytes)
{
    return bytes.starts_with(signature);
}

Result<ImageFile> read_png(std::string_view bytes, CheckedChunks checked)
{
    constexpr std::size_t frame_bytes = 12; // length, type and checksum around a chunk's content
    constexpr int max_chunks = 200'000;     // encoders put 8 KiB or more of pixels into each
    PngFacts facts(checked);
    auto rest = bytes.substr(signature.size());
    for (int i = 0; i < max_chunks && rest.size() >= frame_bytes; ++i) {
        std::size_t const length = big_endian(rest);
        if (length > rest.size() - frame_bytes) return broken_png("it ends early");
        Chunk const chunk{rest.substr(4, 4), rest.substr(8, length), rest.substr(4, 4 + length),
                          big_endian(rest.substr(8 + length))};
        rest.remove_prefix(length + frame_bytes);
        if (auto const read = facts.read_chunk(chunk); !read) return read.error();
        if (chunk.type != "IEND") continue;
        if (!facts.has_pixels()) return broken_png("it has no pixels");
        return facts.file();
    }
    return broken_png("it ends early or has too many chunks");
}

Result<cv::Mat> decode_png(std::string_view bytes, ImageFile const& file)
{
    cv::Mat bgr(file.height_px, file.width_px, CV_8UC3);
    PngInput input;
    input.rest = bytes;
    struct Reader {
        explicit Reader(PngInput& from)
            : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &from, leave, ignore_warning))
        {
            if (png) info = png_create_info_struct(png);
        }
        Reader(Reader const&) = delete;
        Reader& operator=(Reader const&) = delete;
        ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }

        png_structp png;
        png_infop info = nullptr;
    } reader(input);
    if (!reader.info) throw std::bad_alloc();
    if (!read_rows(reader.png, reader.info, input, bgr)) return broken_png(input.error.data());
    return bgr;
}

} // namespace learning_loop
