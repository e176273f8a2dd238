#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// What is wrong with the type of a category of the Loop; nullopt: it is one of those that `Category` names.
std::optional<std::string> find_fault_of_type(std::string_view type);

/// The body of `POST .../categories`, and a category of a project to be made.
struct NewCategory {
    std::string name;
    std::optional<std::string> type; ///< `box`, which is the default, `point`, `segmentation` or `classification`.
    std::optional<std::string> description;
    std::optional<std::string> hotkey;
    std::optional<std::string> color; ///< As `#FF00FF`; by default the next one of a palette.
    std::optional<int> point_size;    ///< Pixels.
};
BOOST_DESCRIBE_STRUCT(NewCategory, (), (name, type, description, hotkey, color, point_size))

/// The body of `PUT .../categories/{category}`: what is absent stays.
struct CategoryChange {
    std::optional<std::string> name;
    std::optional<std::string> type; ///< Must be the one that it has.
    std::optional<std::string> description;
    std::optional<std::string> hotkey;
    std::optional<std::string> color;
    std::optional<int> point_size;
};
BOOST_DESCRIBE_STRUCT(CategoryChange, (), (name, type, description, hotkey, color, point_size))

/// The answer to `GET .../categories`.
struct CategoryList {
    std::vector<Category> categories;
};
BOOST_DESCRIBE_STRUCT(CategoryList, (), (categories))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Category>();
extern template JsonType const& json_type<NewCategory>();
extern template JsonType const& json_type<CategoryChange>();
extern template JsonType const& json_type<CategoryList>();

} // namespace learning_loop
