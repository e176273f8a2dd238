#include "learning_loop/infer/impl/exif.h"
#include "learning_loop/infer/impl/jpeg.h"
#include "learning_loop/infer/impl/xmp.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace learning_loop {
namespace {

using namespace std::string_view_literals;

enum Marker : unsigned {
    start_of_frame_baseline = 0xC0,
    start_of_frame_progressive = 0xC2,
    huffman_tables = 0xC4,
    jpeg_extensions = 0xC8,
    arithmetic_conditioning = 0xCC,
    start_of_frame_last = 0xCF,
    restart_first = 0xD0,
    restart_last = 0xD7,
    start_of_image = 0xD8,
    end_of_image = 0xD9,
    start_of_scan = 0xDA,
    hierarchical_first = 0xDE,
    hierarchical_last = 0xDF,
    app1 = 0xE1,
    reserved_first = 0xF0,
    reserved_last = 0xFD,
    temporary = 0x01
};

Error broken_jpeg(std::string_view why)
{
    return broken_image("JPEG", why);
}

bool begins_frame(unsigned marker)
{
    return marker >= start_of_frame_baseline && marker <= start_of_frame_last && marker != huffman_tables &&
           marker != jpeg_extensions && marker != arithmetic_conditioning;
}

bool is_restart(unsigned marker)
{
    return marker >= restart_first && marker <= restart_last;
}

bool has_no_segment(unsigned marker)
{
    return marker == temporary || is_restart(marker);
}

/// libjpeg goes no further at one of these: they have no meaning, or belong to kinds of JPEG that nobody writes.
bool is_reserved(unsigned marker)
{
    return marker == start_of_image || (marker > temporary && marker < start_of_frame_baseline) ||
           (marker >= hierarchical_first && marker <= hierarchical_last) ||
           (marker >= reserved_first && marker <= reserved_last) || marker == jpeg_extensions;
}

/// Walks from marker to marker as libjpeg does, over each byte once; never reads outside of the bytes.
class SegmentWalk {
public:
    explicit SegmentWalk(std::string_view bytes) : rest_(bytes.substr(2)) {}

    /// The next marker, wherever it stands: cameras leave bytes that mean nothing in front of one. Returns nullopt if
    /// there is none any more.
    std::optional<unsigned> next_marker()
    {
        skip_to_marker([](unsigned code) { return code != 0; });
        if (rest_.empty()) return std::nullopt;
        auto const marker = byte(1);
        rest_.remove_prefix(2);
        return marker;
    }

    /// The segment's content; the length in front of it counts itself, and is taken for 2 if it tells less. Returns
    /// nullopt if the segment is cut off.
    std::optional<std::string_view> take_segment()
    {
        if (rest_.size() < 2) return std::nullopt;
        std::size_t const length = std::max(byte(0) << 8 | byte(1), 2U);
        if (length > rest_.size()) return std::nullopt;
        auto const segment = rest_.substr(2, length - 2);
        rest_.remove_prefix(length);
        return segment;
    }

    /// Over the compressed pixels of a scan, in which a marker is what is neither a stuffed zero nor a restart.
    void skip_scan()
    {
        skip_to_marker([](unsigned code) { return code != 0 && !is_restart(code); });
    }

private:
    /// Leaves nothing if there is no such marker. Any number of 0xFF may stand in front of a marker's code.
    template <class Predicate>
    void skip_to_marker(Predicate is_wanted)
    {
        for (;;) {
            auto const at = rest_.find('\xFF');
            if (at == std::string_view::npos || at + 1 >= rest_.size()) {
                rest_ = {};
                return;
            }
            rest_.remove_prefix(at);
            auto const code = byte(1);
            if (code != 0xFF && is_wanted(code)) return;
            rest_.remove_prefix(code == 0xFF ? 1 : 2);
        }
    }

    unsigned byte(std::size_t at) const { return static_cast<unsigned char>(rest_[at]); }

    std::string_view rest_;
};

Result<void> read_frame(std::string_view segment, unsigned marker, ImageFile& file)
{
    auto const byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(segment[at])); };
    if (segment.size() < 6) return broken_jpeg("its frame header is cut off");
    auto const channels = byte(5);
    bool const usual =
        marker <= start_of_frame_progressive && byte(0) == 8 && (channels == 1 || channels == 3 || channels == 4);
    if (!usual) {
        return Error{Errc::invalid_argument,
                     "not a JPEG or PNG image of a usual kind (a lossless, arithmetic, 12 bit or "
                     "many-channel JPEG): save it as a baseline or progressive JPEG"};
    }
    if (segment.size() != 6 + 3 * channels) return broken_jpeg("its frame header has a wrong length");
    if (file.width_px != 0) return broken_jpeg("it has two frames");
    file.height_px = static_cast<int>(byte(1) << 8 | byte(2));
    file.width_px = static_cast<int>(byte(3) << 8 | byte(4));
    file.channels = static_cast<int>(channels);
    if (file.height_px == 0 || file.width_px == 0) return broken_jpeg("its width or height is 0");
    return {};
}

/// What a file tells of itself, segment by segment.
class JpegFacts {
public:
    Result<void> read_segment(unsigned marker, std::string_view segment)
    {
        if (begins_frame(marker)) return read_frame(segment, marker, file_);
        // Behind the first scan it comes too late for a reader that stops at the pixels.
        if (marker == app1 && file_.scans == 0) read_orientation(segment);
        if (marker == start_of_scan && file_.width_px == 0) return broken_jpeg("its pixels come before its size");
        return {};
    }

    void count_scan() { ++file_.scans; }
    ImageFile const& file() const { return file_; }

private:
    /// Of each kind of metadata the first segment counts.
    void read_orientation(std::string_view segment)
    {
        constexpr auto exif = "Exif\0\0"sv, xmp = "http://ns.adobe.com/xap/1.0/\0"sv;
        if (!exif_seen_ && segment.starts_with(exif)) {
            exif_seen_ = true;
            orientation_.exif = exif_orientation(segment.substr(exif.size()));
        } else if (!xmp_seen_ && segment.starts_with(xmp)) {
            xmp_seen_ = true;
            orientation_.xmp = xmp_orientation(segment.substr(xmp.size()));
        }
        file_.orientation = orientation_.value();
    }

    ImageFile file_;
    ToldOrientation orientation_;
    bool exif_seen_ = false;
    bool xmp_seen_ = false;
};

/// Whether pixels are missing as well, nobody can tell who does not decode them.
Error ends_early(ImageFile const& file)
{
    return broken_jpeg(file.scans > 0 ? "its end marker FF D9 is missing" : "it ends before its pixels");
}

} // namespace

bool looks_like_jpeg(std::string_view bytes)
{
    return bytes.starts_with("\xFF\xD8"sv);
}

Result<ImageFile> read_jpeg(std::string_view bytes, ReadUpTo last)
{
    // A camera's file has a few dozen segments; each of the largest kind of metadata needs one for every 64 KiB.
    constexpr int max_segments = 4096;
    JpegFacts facts;
    SegmentWalk walk(bytes);
    for (int i = 0; i < max_segments; ++i) {
        auto const marker = walk.next_marker();
        if (!marker) return ends_early(facts.file());
        if (*marker == end_of_image && facts.file().scans == 0) return broken_jpeg("it has no pixels");
        if (*marker == end_of_image) return facts.file();
        if (has_no_segment(*marker)) continue;
        if (is_reserved(*marker)) return broken_jpeg("it has a marker where none may be");

        auto const segment = walk.take_segment();
        if (!segment) return broken_jpeg("a segment of it is cut off");
        if (auto const read = facts.read_segment(*marker, *segment); !read) return read.error();
        if (*marker != start_of_scan) continue;
        if (last == ReadUpTo::pixels) return facts.file();
        facts.count_scan();
        walk.skip_scan();
    }
    return broken_jpeg("it has too many segments");
}

} // namespace learning_loop
