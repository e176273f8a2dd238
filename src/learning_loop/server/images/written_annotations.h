#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/annotations.h"

#include <boost/json/value.hpp>

namespace learning_loop {

/// Reads what a person or their script says is in an image. A mark may name its category by the id alone; its name is
/// empty then. What `GET .../annotations` answered may come back whole: what else stands there is ignored. Errors:
/// unprocessable if a key is unknown, else as `from_json`.
Result<Annotations> read_written_annotations(boost::json::value body);

} // namespace learning_loop
