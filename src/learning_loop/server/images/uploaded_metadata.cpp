#include "learning_loop/server/images/uploaded_metadata.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/json/json.h"

namespace learning_loop {

Result<ImageMetadata> read_uploaded_metadata(std::string_view text)
{
    auto const json = parse_json(text, "the metadata");
    if (!json) return json.error();
    if (!json->is_object()) return Error{Errc::invalid_argument, "the metadata: expected an object"};
    auto metadata = from_json<ImageMetadata>(*json);
    if (!metadata) return metadata.error();
    if (!metadata->created || is_timestamp(*metadata->created)) return metadata;
    return Error{Errc::invalid_argument, "created: '" + printable(*metadata->created) +
                                             "' is no date: write it as 2024-01-31T12:00:00.123+00:00"};
}

} // namespace learning_loop
