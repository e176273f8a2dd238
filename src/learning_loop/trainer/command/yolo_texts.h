#pragma once

#include "learning_loop/trainer/command/box_classes.h"
#include "learning_loop/trainer/logic/training.h"

#include <filesystem>
#include <string_view>
#include <vector>

// What programs of the YOLO family find in an image: a text with a line `class x y width height confidence` for each
// box; class is an index, the centre and the size are parts of the image.

namespace learning_loop {

struct FoundBox {
    ClassBox box;
    double confidence = 0; ///< 0 to 1.
};

/// The boxes of a text for an image of that size in pixels, clipped to it, at most 3000. Lines that are none are passed
/// over; without a confidence it counts as 1.
std::vector<FoundBox> read_yolo_text(std::string_view text, BoxClasses const& classes, int width, int height);

/// The same for the file `<image id>.txt` of a folder; none if there is no such file, or one that is too long.
std::vector<FoundBox> read_yolo_file(std::filesystem::path const& folder, std::string const& image_id,
                                     BoxClasses const& classes, int width, int height);

/// Appends a line to `job.detections` for each image of its list, with what the file for it in the folder tells. A
/// point is the middle of its box. Blocks. Errors: those of the disk, and not_found if there is no list.
Result<void> collect_yolo_texts(Training const& training, DetectionJob const& job, std::filesystem::path const& folder);

} // namespace learning_loop
