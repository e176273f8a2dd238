#include "learning_loop/trainer/command/toml_document.h"

#include <boost/json/array.hpp>

#include <toml++/toml.h>

#include <sstream>

namespace learning_loop {
namespace json = boost::json;
namespace {

using Lines = std::map<std::string, int, std::less<>>;

json::value json_of(toml::node const& node, std::string const& path, Lines& lines);

json::object json_of_table(toml::table const& table, std::string const& path, Lines& lines)
{
    json::object object;
    for (auto const& [key, node] : table) {
        auto const name = std::string(key.str());
        auto const place = path.empty() ? name : path + "." + name;
        lines[place] = static_cast<int>(key.source().begin.line);
        object[name] = json_of(node, place, lines);
    }
    return object;
}

json::array json_of_list(toml::array const& list, std::string const& path, Lines& lines)
{
    json::array array;
    for (auto const& node : list) {
        auto const place = path + "[" + std::to_string(array.size()) + "]";
        lines[place] = static_cast<int>(node.source().begin.line);
        array.push_back(json_of(node, place, lines));
    }
    return array;
}

json::value json_of(toml::node const& node, std::string const& path, Lines& lines)
{
    if (auto const* table = node.as_table()) return json_of_table(*table, path, lines);
    if (auto const* list = node.as_array()) return json_of_list(*list, path, lines);
    if (auto const* text = node.as_string()) return json::string(text->get());
    if (auto const* whole = node.as_integer()) return whole->get();
    if (auto const* real = node.as_floating_point()) return real->get();
    if (auto const* truth = node.as_boolean()) return truth->get();
    std::ostringstream date;
    if (auto const* day = node.as_date()) date << day->get();
    else if (auto const* time = node.as_time()) date << time->get();
    else if (auto const* moment = node.as_date_time()) date << moment->get();
    return json::string(date.str());
}

} // namespace

Result<TomlDocument> TomlDocument::parse(std::string_view text)
{
    try {
        TomlDocument document;
        auto const table = toml::parse(text);
        document.root_ = json_of_table(table, "", document.lines_);
        return document;
    } catch (toml::parse_error const& error) {
        auto const line = std::to_string(error.source().begin.line);
        return Error{Errc::invalid_argument, line + ": " + std::string(error.description())};
    }
}

int TomlDocument::line_of(std::string_view path) const
{
    while (!path.empty()) {
        if (auto const found = lines_.find(path); found != lines_.end()) return found->second;
        auto const end = path.find_last_of(".[");
        path = path.substr(0, end == std::string_view::npos ? 0 : end);
    }
    return 0;
}

} // namespace learning_loop
