#include "learning_loop/server/images/upload_pairs.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/nfc.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/url.h"

#include <array>
#include <fstream>
#include <map>

namespace learning_loop {
namespace {

std::string without_ending(std::string const& name)
{
    return name.substr(0, name.rfind('.'));
}

/// The name that the parts of a pair share. Clients write one name in several ways: percent-encoded or not, and with
/// letters that are composed or decomposed.
std::string pair_name(http::UploadedPart const& part)
{
    auto const decoded = http::percent_decoded(part.file_name);
    return without_ending(nfc(decoded && is_utf8(*decoded) ? *decoded : part.file_name));
}

std::string first_bytes(http::UploadedPart const& part)
{
    constexpr std::size_t wanted = 64;
    if (!part.file) return part.bytes.substr(0, wanted);
    std::array<char, wanted> bytes{};
    std::ifstream file(part.file->path(), std::ios::binary);
    file.read(bytes.data(), bytes.size());
    return {bytes.data(), static_cast<std::size_t>(file.gcount())};
}

bool is_metadata(http::UploadedPart const& part)
{
    auto const bytes = first_bytes(part);
    auto const first = bytes.find_first_not_of(" \t\r\n");
    if (first != std::string::npos && bytes[first] == '{') return true;
    bool const looks_like_image = bytes.starts_with('\xFF') || bytes.starts_with('\x89');
    return !looks_like_image && lower_case(part.file_name).ends_with(".json");
}

struct PartsOfOneName {
    std::vector<http::UploadedPart*> images;
    std::vector<http::UploadedPart*> metadata;
};

Error not_to_be_told(PartsOfOneName const& parts)
{
    auto const& first = *parts.metadata.front();
    if (parts.images.empty())
        return wrong_part(first, {Errc::unprocessable, "has no image: name the two alike but for the ending"});
    return wrong_part(
        first, {Errc::unprocessable, "cannot be told which image it is of: " + std::to_string(parts.images.size()) +
                                         " images and " + std::to_string(parts.metadata.size()) +
                                         " texts have this name: give each pair a name of its own"});
}

} // namespace

std::string shown_name(http::UploadedPart const& part)
{
    return part.file_name.empty() ? "part " + printable(part.name) : printable(part.file_name);
}

Error wrong_part(http::UploadedPart const& part, Error const& error)
{
    return {Errc::unprocessable, shown_name(part) + ": " + error.message};
}

std::string uuid_in_name(http::UploadedPart const& part)
{
    constexpr std::size_t length = 36;
    auto const name = without_ending(part.file_name);
    std::string_view const stem = name;
    if (stem.size() < length || !is_uuid(stem.substr(stem.size() - length))) return {};
    if (stem.size() > length && stem[stem.size() - length - 1] != '_') return {};
    return lower_case(stem.substr(stem.size() - length));
}

Result<std::vector<UploadPair>> pair_parts(http::Upload& upload)
{
    if (upload.empty()) return Error{Errc::unprocessable, "files: is missing: send at least one image"};
    std::map<std::string, PartsOfOneName> by_name;
    std::vector<std::pair<http::UploadedPart*, PartsOfOneName*>> images;
    for (auto& part : upload) {
        if (part.name != loop_api::files_field && part.name != loop_api::former_files_field)
            return wrong_part(part, {Errc::unprocessable, "is in a field of an unknown name: name it files"});
        auto& alike = by_name[pair_name(part)];
        (is_metadata(part) ? alike.metadata : alike.images).push_back(&part);
        if (!alike.images.empty() && alike.images.back() == &part) images.emplace_back(&part, &alike);
    }
    for (auto const& [name, parts] : by_name) {
        if (!parts.metadata.empty() && parts.metadata.size() != parts.images.size()) return not_to_be_told(parts);
    }
    std::vector<UploadPair> pairs;
    std::map<PartsOfOneName*, std::size_t> taken;
    for (auto const& [image, alike] : images)
        pairs.push_back({image, alike->metadata.empty() ? nullptr : alike->metadata[taken[alike]++]});
    return pairs;
}

} // namespace learning_loop
