#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/data/training.h"
#include "learning_loop/data/user_input.h"

#include <boost/json/value.hpp>

// Reads what nodes of any generation tell by Socket.IO. They differ in what they leave out, send as null, or add, so
// only what the Loop cannot do without is required. Errors: unprocessable; the message names the field.

namespace learning_loop {

/// The event `update_trainer`. A progress in percent becomes 0 to 1.
Result<TrainingStatus> read_trainer_status(boost::json::value const& json);

/// The third argument of `update_training`.
Result<TrainingOut> read_training_out(boost::json::value const& json);

/// The event `update_annotation_node`.
Result<AnnotatorStatus> read_annotator_status(boost::json::value const& json);

/// The third argument of `update_detector`, which has the uuid as `id`.
Result<DetectorStatus> read_detector_status(boost::json::value const& json);

} // namespace learning_loop
