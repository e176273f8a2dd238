#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>

namespace learning_loop {

/// What a project's models and people tell apart.
struct Category {
    std::string id;
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> hotkey;
    std::optional<std::string> color; ///< As `#FF00FF`.
    std::optional<int> point_size;    ///< Pixels.
    std::optional<std::string> type;  ///< `box`, `point`, `segmentation`, `classification`, or any other text.
};
BOOST_DESCRIBE_STRUCT(Category, (), (id, name, description, hotkey, color, point_size, type))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Category>();

} // namespace learning_loop
