#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/store/detection_repository.h"

#include <string_view>
#include <vector>

namespace learning_loop {

/// Reads the body of `POST .../detections`: one item for each image, also if it came several times. A detection that
/// cannot be read is set aside with a remark: a trainer would send all of them again for ever. Errors: unprocessable if
/// the body is no list of objects, each with the id of an image.
Result<std::vector<store::FoundInImage>> read_uploaded_detections(std::string_view body);

} // namespace learning_loop
