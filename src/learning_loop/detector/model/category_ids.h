#pragma once

#include "learning_loop/data/image_metadata.h"
#include "learning_loop/data/model_information.h"

namespace learning_loop {

/// Fills in what a logic left open in its detections: the model's version, and the ids of categories that the model
/// knows by their name.
void complete_detections(ImageMetadata& found, ModelInformation const& model);

/// Gives every detection and annotation that a client uploads the id of its category. An id that the model knows stays;
/// else the name decides; a name that the model does not know gets an empty id, and one line of the log names the
/// first few of these.
void fill_category_ids(ImageMetadata& uploaded, ModelInformation const& model);

} // namespace learning_loop
