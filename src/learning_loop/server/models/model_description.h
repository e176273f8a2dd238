#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/category.h"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// The file of a model that tells what it is.
inline constexpr std::string_view description_file = "model.json";

/// Reads a `model.json` as the nodes will. A number that is a text, or a whole one that is written with a fraction, is
/// mended, which `remarks` tells; null counts as absent, and keys that nobody knows are kept. Errors: unprocessable if
/// a node could not read it; the message names the path of what is wrong.
Result<boost::json::object> read_description(std::string_view text, std::vector<std::string>& remarks);

/// Null counts as absent.
void set_if_absent(boost::json::object& description, std::string_view key, boost::json::value value);

/// What the Loop knows of a model.
struct ModelFacts {
    std::string host; ///< Of this Loop, as a URL.
    std::string organization;
    std::string project;
    std::string id;
    std::string version;
    std::string format;
    std::vector<Category> categories; ///< Of the project: for a model that tells none in any format.
    boost::json::object first{};      ///< The `model.json` of its first format; empty: this is the first.
};

/// Sets in a description what the Loop knows for certain. The categories, the resolution, the size and the threshold of
/// the model are those of its first format, if it tells none itself; what nobody knows is null, or absent in the case
/// of the threshold. The rest is kept, above all the order of the categories.
boost::json::object completed(boost::json::object description, ModelFacts const& facts);

} // namespace learning_loop
