#include "learning_loop/server/projects/new_category.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/nfc.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::array<std::string_view, 8> palette{"#FF00FF", "#00FF00", "#0000FF", "#FFFF00",
                                                  "#FF8000", "#00FFFF", "#8000FF", "#FF0000"};
constexpr std::size_t max_name_bytes = 100;
constexpr std::size_t max_hotkey_bytes = 20;
constexpr std::size_t max_description_bytes = 10'000;
constexpr std::size_t max_new_categories = 1000; // of one request
constexpr int default_point_size = 20;
constexpr int max_point_size = 10'000;

bool is_color(std::string_view text)
{
    constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return text.size() == 7 && text[0] == '#' && text.substr(1).find_first_not_of(digits) == std::string_view::npos;
}

Result<void> check_category(Category const& category, std::string const& where)
{
    auto const wrong = [&](std::string const& what) { return Error{Errc::unprocessable, where + what}; };
    auto const& name = category.name;
    bool const is_plain = printable(name) == name && trimmed(name) == name;
    if (name.empty() || name.size() > max_name_bytes || !is_plain)
        return wrong("name: use 1 to 100 characters, none of them a control character, and no blanks at its ends");
    auto const& [type, color, size] = std::tie(category.type, category.color, category.point_size);
    if (auto const fault = type ? find_fault_of_type(*type) : std::nullopt) return wrong("type: " + *fault);
    if (color && !is_color(*color)) return wrong("color: '" + printable(*color) + "' is no colour as #FF00FF");
    if (size && (*size < 1 || *size > max_point_size))
        return wrong("point_size: " + std::to_string(*size) + " is not within 1 to 10000");
    if (category.hotkey.value_or("").size() > max_hotkey_bytes) return wrong("hotkey: is longer than 20 characters");
    if (category.description.value_or("").size() > max_description_bytes)
        return wrong("description: is longer than 10000 characters");
    return {};
}

} // namespace

Result<Category> category_from(NewCategory const& wanted, std::size_t others, std::string const& where)
{
    Category category;
    category.id = new_uuid();
    category.name = nfc(wanted.name);
    category.type = wanted.type.value_or("box");
    category.description = wanted.description.value_or("");
    category.hotkey = wanted.hotkey.value_or("");
    category.color = wanted.color.value_or(std::string(palette.at(others % palette.size())));
    category.point_size = wanted.point_size.value_or(default_point_size);
    if (auto const good = check_category(category, where); !good) return good.error();
    return category;
}

Result<std::vector<Category>> categories_from(std::vector<NewCategory> const& wanted)
{
    if (wanted.size() > max_new_categories) return Error{Errc::unprocessable, "categories: are more than 1000"};
    std::vector<Category> categories;
    std::set<std::pair<std::string, std::string>> known;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto const where = "categories[" + std::to_string(i) + "].";
        auto category = category_from(wanted[i], i, where);
        if (!category) return category.error();
        if (!known.emplace(category->name, *category->type).second)
            return Error{Errc::conflict, where + "name: '" + category->name + "' of this type comes twice"};
        categories.push_back(std::move(*category));
    }
    return categories;
}

Result<Category> changed_category(Category category, CategoryChange const& change)
{
    if (change.type && change.type != category.type) {
        return Error{Errc::unprocessable,
                     "type: stays what it is, since there may be annotations: add another category"};
    }
    if (change.name) category.name = nfc(*change.name);
    if (change.description) category.description = change.description;
    if (change.hotkey) category.hotkey = change.hotkey;
    if (change.color) category.color = change.color;
    if (change.point_size) category.point_size = change.point_size;
    if (auto const good = check_category(category, ""); !good) return good.error();
    return category;
}

} // namespace learning_loop
