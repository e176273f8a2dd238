#pragma once

#include <array>
#include <string>
#include <string_view>

// The categories of generated projects: each kind of plant has a colour of its own, and each type of annotation a
// category for each kind of plant.

namespace learning_loop {

struct CategoryLook {
    std::string_view name;
    std::string_view color;
};

/// By the kind of plant.
inline constexpr std::array<CategoryLook, 4> category_looks{
    {{"purple", "#FF00FF"}, {"green", "#00FF00"}, {"blue", "#0000FF"}, {"yellow", "#FFFF00"}}};

/// The name of a category, as "purple box".
inline std::string category_name(CategoryLook const& look, std::string_view type)
{
    return std::string(look.name).append(" ").append(type);
}

/// The same for a kind of plant.
inline std::string category_name(int crop, std::string_view type)
{
    return category_name(category_looks.at(static_cast<std::size_t>(crop)), type);
}

} // namespace learning_loop
