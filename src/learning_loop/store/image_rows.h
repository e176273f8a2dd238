#pragma once

#include "learning_loop/store/new_image.h"
#include "learning_loop/store/project.h"

#include <cstdint>
#include <optional>
#include <string>

// One image and its rows, for the jobs of the repositories. These functions block.

namespace learning_loop::store {

class Database;
struct ImageRow;

/// Inserts the image with its annotations, detections and tags.
void insert_image(Database& database, Project const& project, NewImage const& image);

/// Puts a tag on the image with that number, unless it has it.
void add_tag(Database& database, Project const& project, std::int64_t image, std::string const& name);

std::optional<ImageRow> find_image_row(Database& database, std::int64_t project, std::string const& id);

/// The image of that row, with its annotations, detections and tags. `model`: only detections of the model of that
/// version.
StoredImage load_image(Database& database, ImageRow row, std::optional<std::string> const& model = std::nullopt);

/// The same with its annotations alone.
StoredImage load_annotated_image(Database& database, ImageRow row);

/// What a column of remarks holds.
std::optional<std::string> text_of(Remarks const& remarks);
std::vector<Remark> remarks_in(std::optional<std::string> const& column);

} // namespace learning_loop::store
