#include "learning_loop/server/images/image_identity.h"

#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/json/json.h"

namespace learning_loop {

void identify(store::NewImage& image)
{
    auto metadata = to_text(to_json(image.metadata));
    if (!image.remarks.empty()) metadata += to_text(to_json(image.remarks.list()));
    image.size_bytes = static_cast<std::int64_t>(image.bytes.size());
    image.image_hash = hex(sha256(image.bytes));
    image.metadata_hash = hex(sha256(metadata));
    if (image.id.empty()) image.id = uuid_of(sha256(image.image_hash + image.metadata_hash));
}

} // namespace learning_loop
