#include "learning_loop/server/images/image_upload.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/multipart.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/server/images/image_identity.h"
#include "learning_loop/server/images/uploaded_metadata.h"

#include <map>
#include <optional>
#include <set>

namespace learning_loop {
namespace {

/// An image's part and the one that describes it.
struct Pair {
    http::Part const* image = nullptr;
    http::Part const* metadata = nullptr; ///< Null: there is none.
};

using PartList = std::vector<http::Part const*>;

std::string shown_name(http::Part const& part)
{
    return part.file_name.empty() ? "part " + printable(part.name) : printable(part.file_name);
}

Error wrong(http::Part const& part, Error const& error)
{
    auto const code = error.code == Errc::too_large ? error.code : Errc::unprocessable;
    return {code, shown_name(part) + ": " + error.message};
}

std::string_view stem_of(http::Part const& part)
{
    std::string_view const name = part.file_name;
    return name.substr(0, name.rfind('.'));
}

bool is_json(http::Part const& part)
{
    auto const first = part.bytes.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && part.bytes[first] == '{';
}

bool has_equal_stems(PartList const& parts)
{
    std::set<std::string_view> stems;
    for (auto const* part : parts) stems.insert(stem_of(*part));
    return stems.size() != parts.size();
}

Result<std::vector<Pair>> pairs_by_order(PartList const& images, PartList const& metadata)
{
    std::vector<Pair> pairs;
    for (auto const* image : images)
        pairs.push_back({image, pairs.size() < metadata.size() ? metadata[pairs.size()] : nullptr});
    if (metadata.size() > images.size()) return wrong(*metadata[images.size()], {Errc::unprocessable, "has no image"});
    return pairs;
}

Result<std::vector<Pair>> pairs_by_name(PartList const& images, PartList const& metadata)
{
    std::map<std::string_view, http::Part const*> unclaimed;
    for (auto const* part : metadata) unclaimed.emplace(stem_of(*part), part);
    std::vector<Pair> pairs;
    for (auto const* image : images) {
        auto const claimed = unclaimed.extract(stem_of(*image));
        pairs.push_back({image, claimed ? claimed.mapped() : nullptr});
    }
    if (unclaimed.empty()) return pairs;
    return wrong(*unclaimed.begin()->second,
                 {Errc::unprocessable, "has no image: name the two alike but for the ending"});
}

Result<std::vector<Pair>> pairs_of(std::vector<http::Part> const& parts)
{
    PartList images;
    PartList metadata;
    for (auto const& part : parts) {
        if (part.name != loop_api::files_field && part.name != loop_api::former_files_field) {
            return wrong(part, {Errc::unprocessable, "is in a field of an unknown name: name it files"});
        }
        (is_json(part) ? metadata : images).push_back(&part);
    }
    if (parts.empty()) return Error{Errc::unprocessable, "files: is missing: send at least one image"};
    // Nodes of 2024 named all their pairs alike and sent the metadata first.
    if (has_equal_stems(images) || has_equal_stems(metadata)) return pairs_by_order(images, metadata);
    return pairs_by_name(images, metadata);
}

/// The UUID of `<uuid>.jpg` or `image_<uuid>.jpg`; empty if there is none.
std::string uuid_in_name(http::Part const& part)
{
    constexpr std::size_t length = 36;
    auto const stem = stem_of(part);
    if (stem.size() < length || !is_uuid(stem.substr(stem.size() - length))) return {};
    if (stem.size() > length && stem[stem.size() - length - 1] != '_') return {};
    return lower_case(stem.substr(stem.size() - length));
}

Result<store::NewImage> image_of(Pair const& pair)
{
    auto const header = check_image(pair.image->bytes);
    if (!header) return wrong(*pair.image, header.error());
    store::NewImage image;
    image.id = uuid_in_name(*pair.image);
    image.name = shown_name(*pair.image);
    image.bytes = pair.image->bytes;
    image.media_type = header->format == ImageFormat::png ? "image/png" : "image/jpeg";
    image.width_px = header->width_px;
    image.height_px = header->height_px;
    if (pair.metadata) {
        auto metadata = read_uploaded_metadata(pair.metadata->bytes);
        if (!metadata) return wrong(*pair.metadata, metadata.error());
        image.metadata = std::move(*metadata);
    }
    identify(image);
    return image;
}

} // namespace

Result<std::vector<store::NewImage>> read_image_upload(std::string_view content_type, std::string_view body)
{
    auto const parts = http::parse_multipart(content_type, body);
    if (!parts) return parts.error();
    auto const pairs = pairs_of(*parts);
    if (!pairs) return pairs.error();
    std::vector<store::NewImage> images;
    for (auto const& pair : *pairs) {
        auto image = image_of(pair);
        if (!image) return image.error();
        images.push_back(std::move(*image));
    }
    return images;
}

} // namespace learning_loop
