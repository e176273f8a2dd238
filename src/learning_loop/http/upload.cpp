#include "learning_loop/http/upload.h"

#include "learning_loop/base/temporary_file.h"

namespace learning_loop::http {
namespace {

constexpr std::size_t max_held_bytes_each = 256 * 1024;

} // namespace

Result<UploadReader> UploadReader::of(std::string_view content_type, std::filesystem::path folder)
{
    auto parser = MultipartParser::of(content_type);
    if (!parser) return parser.error();
    return UploadReader(std::move(*parser), std::move(folder));
}

UploadReader::UploadReader(MultipartParser parser, std::filesystem::path folder)
    : parser_(std::move(parser)), folder_(std::move(folder))
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
