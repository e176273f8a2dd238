#include "learning_loop/server/images/image_upload.h"

#include "learning_loop/base/files.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/server/images/image_identity.h"
#include "learning_loop/server/images/mark_check.h"
#include "learning_loop/server/images/upload_pairs.h"
#include "learning_loop/server/images/uploaded_metadata.h"

#include <memory>
#include <string>

namespace learning_loop {
namespace {

/// The bytes of a part: those in memory, or `read`, into which its file is read. Errors: too_large.
Result<std::string_view> bytes_of(http::UploadedPart const& part, std::size_t max_bytes, std::string& read)
{
    if (!part.file) return std::string_view(part.bytes);
    auto content = read_file(part.file->path(), max_bytes);
    if (!content && content.error().code == Errc::too_large)
        return Error{Errc::too_large, "is longer than " + std::to_string(max_bytes >> 20) + " MiB: send less"};
    if (!content) return content.error();
    read = std::move(*content);
    return std::string_view(read);
}

Result<UploadedMetadata> metadata_of(http::UploadedPart const& part)
{
    std::string read;
    auto const bytes = bytes_of(part, loop_api::max_image_metadata_bytes, read);
    if (!bytes) return bytes.error();
    return read_uploaded_metadata(*bytes);
}

Result<store::NewImage> image_of(UploadPair const& pair, std::vector<Category> const& categories)
{
    std::string read;
    auto const bytes = bytes_of(*pair.image, ImageLimits().max_bytes, read);
    if (!bytes) return wrong_part(*pair.image, bytes.error());
    auto const header = check_image(*bytes);
    if (!header) return wrong_part(*pair.image, header.error());
    auto uploaded = pair.metadata ? metadata_of(*pair.metadata) : UploadedMetadata();
    if (!uploaded) return wrong_part(*pair.metadata, uploaded.error());

    store::NewImage image;
    image.id = uuid_in_name(*pair.image);
    image.name = shown_name(*pair.image);
    image.bytes = *bytes;
    image.media_type = header->format == ImageFormat::png ? "image/png" : "image/jpeg";
    image.width_px = header->width_px;
    image.height_px = header->height_px;
    image.metadata = std::move(uploaded->metadata);
    image.remarks = std::move(uploaded->remarks);
    identify(image); // by what came, not by what is made of it
    settle_date(image.metadata, image.remarks);
    set_aside_nonsense(image.metadata, {image.width_px, image.height_px}, categories, image.remarks);
    if (image.metadata.state == ImageState::complete)
        image.pixels = decode_image(*bytes) ? Pixels::sound : Pixels::broken;
    if (!pair.image->file) return image;
    image.bytes = {};                                                     // they go with `read`
    image.file = std::make_shared<NewFile>(std::move(*pair.image->file)); // shared: with the jobs of the store
    return image;
}

} // namespace

Result<std::vector<store::NewImage>> read_image_upload(http::Upload& upload, std::vector<Category> const& categories)
{
    auto const pairs = pair_parts(upload);
    if (!pairs) return pairs.error();
    std::vector<store::NewImage> images;
    for (auto const& pair : *pairs) {
        auto image = image_of(pair, categories);
        if (!image) return image.error();
        images.push_back(std::move(*image));
    }
    return images;
}

} // namespace learning_loop
