#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/remark.h"

#include <string_view>

namespace learning_loop {

/// What came with an image, and what of it could not be read.
struct UploadedMetadata {
    ImageMetadata metadata;
    Remarks remarks;
};

/// Reads the metadata that came with an image, from nodes of any age: `date` counts as `created`, a confidence above 1
/// is a percentage. What makes no sense is set aside with a remark: the image is worth more than that. Errors:
/// invalid_argument if it is no JSON object, or has a state that there is not.
Result<UploadedMetadata> read_uploaded_metadata(std::string_view json);

/// Brings `created` into the form in which the Loop keeps dates: the instant, to the microsecond. What is lost by that
/// is a remark. An empty date is none.
void settle_date(ImageMetadata& metadata, Remarks& remarks);

} // namespace learning_loop
