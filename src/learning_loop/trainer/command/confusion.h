#pragma once

#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/training.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace learning_loop {

/// Of models for which nothing better is known.
inline constexpr double usual_conf_threshold = 0.25;

/// How good a model is on the images to select with.
struct ModelQuality {
    std::map<std::string, CategoryCounts> confusion_matrix; ///< By the category's id, at the threshold.
    std::optional<double> conf_threshold;                   ///< Absent if no threshold makes a difference.
};

/// Compares what a model found in the images to select with, those of the set `val` or, if there are none, `test`, with
/// what people say is there: an annotation and a detection of its category that overlap by an IoU of 0.5 belong
/// together, the surest detections first. `detections`: a folder of YOLO texts or a file of lines (`Detections`).
/// `threshold`: the confidence from which on a detection counts; nullopt: the one with the best unweighted mean of the
/// categories' F1. Blocks. Errors: those of `read_dataset`; not_found if there are no detections.
Result<ModelQuality> measure_quality(Training const& training, std::filesystem::path const& detections,
                                     std::optional<double> threshold);

} // namespace learning_loop
