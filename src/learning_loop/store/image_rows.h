#pragma once

#include "learning_loop/store/new_image.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <optional>
#include <string>

// One image and its rows, for the jobs of ImageRepository. These functions block.

namespace learning_loop::store {

class Database;
struct ImageRow;

/// Inserts the image with its annotations, detections and tags. Callers must have begun a transaction. What has no
/// category id that the project knows gets it by the category's name; a name it does not know is kept as it is.
void insert_image(Database& database, Project const& project, NewImage const& image);

/// Returns nullopt if the project has no such image.
std::optional<StoredImage> find_image(Database& database, std::int64_t project, std::string const& id);

/// The image of that row, with its annotations, detections and tags.
StoredImage load_image(Database& database, ImageRow row);

} // namespace learning_loop::store
