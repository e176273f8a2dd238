#include "learning_loop/http/upload.h"

#include "learning_loop/base/temporary_file.h"
#include "learning_loop/base/text.h"

namespace learning_loop::http {
namespace {

constexpr std::size_t max_held_bytes_each = 256 * 1024;

Error too_long(PartHead const& part, std::size_t max_bytes)
{
    constexpr std::size_t mib = std::size_t{1} << 20;
    auto const name = part.file_name.empty() ? "part " + printable(part.name) : printable(part.file_name);
    auto const limit =
        max_bytes % mib == 0 ? std::to_string(max_bytes / mib) + " MiB" : std::to_string(max_bytes) + " bytes";
    return {Errc::unprocessable,
            name + ": is longer than " + limit + ", the most that is taken of one: send it smaller"};
}

} // namespace

Result<UploadReader> UploadReader::of(std::string_view content_type, std::filesystem::path folder,
                                      std::size_t max_part_bytes)
{
    auto parser = MultipartParser::of(content_type);
    if (!parser) return parser.error();
    return UploadReader(std::move(*parser), std::move(folder), max_part_bytes);
}

UploadReader::UploadReader(MultipartParser parser, std::filesystem::path folder, std::size_t max_part_bytes)
    : parser_(std::move(parser)), folder_(std::move(folder)), max_part_bytes_(max_part_bytes)
{}

Result<void> UploadReader::feed(std::string_view piece)
{
    return parser_.feed(piece, *this);
}

Result<Upload> UploadReader::finish()
{
    if (auto const whole = parser_.finish(); !whole) return whole.error();
    return std::move(parts_);
}

Result<void> UploadReader::begin(PartHead head)
{
    parts_.emplace_back();
    static_cast<PartHead&>(parts_.back()) = std::move(head);
    return {};
}

Result<void> UploadReader::data(std::string_view bytes)
{
    auto& part = parts_.back();
    part.size_bytes += bytes.size();
    if (part.size_bytes > max_part_bytes_) return too_long(part, max_part_bytes_);
    bool const is_short = part.size_bytes <= max_held_bytes_each && held_bytes_ + bytes.size() <= max_held_bytes;
    if (!part.file && is_short) {
        part.bytes.append(bytes);
        held_bytes_ += bytes.size();
        return {};
    }
    if (!part.file) {
        auto file = make_temporary_file(folder_);
        if (!file) return file.error();
        part.file = std::move(*file);
        held_bytes_ -= part.bytes.size();
        if (auto const begun = part.file->append(part.bytes); !begun) return begun.error();
        std::string().swap(part.bytes); // an assignment would not free the memory
    }
    return part.file->append(bytes);
}

Result<void> UploadReader::end()
{
    return parts_.back().file ? parts_.back().file->close() : Result<void>();
}

} // namespace learning_loop::http
