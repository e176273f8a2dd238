#pragma once

#include "learning_loop/trainer/command/box_classes.h"
#include "learning_loop/trainer/logic/training.h"

#include <filesystem>
#include <functional>
#include <string_view>

namespace learning_loop {

/// What a layout is made of, and where.
struct LayoutSource {
    Training const& training;
    BoxClasses const& classes;
    std::filesystem::path target;        ///< The folder as it will be called.
    std::filesystem::path folder;        ///< As it is called until it is complete.
    bool selects_on_test_images = false; ///< There are no images of the set `val`.
};

/// Calls `take` with each image and the name of the set that it belongs to; with a test image twice, also as `val`, if
/// models are selected on those. Errors: those of `read_dataset` and of `take`.
Result<void> for_each_in_set(LayoutSource const& source,
                             std::function<Result<void>(TrainingImage const&, std::string_view set)> const& take);

/// Links the picture of an image into a folder, as `<id>.jpg` or, if it is a PNG, `<id>.png`: a hard link, or a
/// symbolic one where the disk is another. Returns its name. Errors: not_found if there is no such picture.
Result<std::string> link_picture(LayoutSource const& source, TrainingImage const& image,
                                 std::filesystem::path const& folder);

Result<void> write_loop_layout(LayoutSource const& source);
Result<void> write_yolo_layout(LayoutSource const& source);
Result<void> write_coco_layout(LayoutSource const& source);

} // namespace learning_loop
