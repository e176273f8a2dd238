#pragma once

#include "learning_loop/converter/conversion_choice.h"
#include "learning_loop/data/model_information.h"

#include <boost/json/object.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace learning_loop {

/// What is told of a model that is to be converted.
struct SourceDescription {
    boost::json::object json; ///< Its `model.json`, with a resolution that is a number; empty if it has none.
    ModelInformation model;
};

/// Reads the `model.json` of an unpacked model. Base models have none, or one without categories. A resolution may be
/// a text, as some trainers write it; what is odd otherwise counts as absent. Blocks. Errors: invalid_argument if it is
/// no JSON object, or its categories cannot be read: their order is that of the model's classes.
Result<SourceDescription> read_source_description(std::filesystem::path const& folder, SourceModel const& model);

/// The `model.json` of what was made of it: the source's with the other format. `own`: that of the converter, of which
/// only what is absent is taken from the source. Errors: invalid_argument if that is no JSON object.
Result<std::string> description_of_converted(SourceDescription const& source, std::optional<std::string> const& own,
                                             std::string const& format);

} // namespace learning_loop
