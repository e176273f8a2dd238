#include "learning_loop/data/category.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <array>

namespace learning_loop {

std::optional<std::string> find_fault_of_type(std::string_view type)
{
    constexpr std::array<std::string_view, 4> types{"box", "point", "segmentation", "classification"};
    if (std::ranges::find(types, type) != types.end()) return std::nullopt;
    return "'" + printable(type) + "' is unknown: use box, point, segmentation or classification";
}

template JsonType const& json_type<Category>();
template JsonType const& json_type<NewCategory>();
template JsonType const& json_type<CategoryChange>();
template JsonType const& json_type<CategoryList>();

} // namespace learning_loop
