#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/model_information.h"

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// A model that is to be converted, and what the converter may tell while it works on it.
struct Conversion {
    ModelInformation model;       ///< Of its `model.json`; the order of the categories is that of the model's classes.
    std::filesystem::path source; ///< The folder with the model's files; base models need not have a `model.json`.
    std::filesystem::path target; ///< An empty folder for the files that are made. Both are deleted afterwards.

    std::atomic<double> progress = 0;       ///< 0 to 1. Set it from time to time: people see it.
    std::atomic<bool> is_cancelled = false; ///< The node ends: return within 5 s, whatever you return is dropped.
};

/// What the author of a converter node provides. One model is converted at a time.
class Converter {
public:
    virtual ~Converter() = default;

    /// Of the models that are converted and of the files that are made, as trainers name them: two different names
    /// that is_name (base/ids.h) takes.
    virtual std::string source_format() const = 0;
    virtual std::string target_format() const = 0;

    /// Converts a model and returns the files that the Loop is to have: plain files below the target or the source
    /// folder, whose names differ; a relative path is one of the target folder. A `model.json` is added unless it is
    /// among them: the source's, so that the order of the classes stays. Runs on a thread of its own and may take any
    /// time. After an error, or whatever it throws, the model is not tried again until it changes, and people are told
    /// the message. Errors `unavailable` and `out_of_space` say nothing about the model: it is tried again later.
    virtual Result<std::vector<std::filesystem::path>> convert(Conversion& conversion) = 0;
};

} // namespace learning_loop
