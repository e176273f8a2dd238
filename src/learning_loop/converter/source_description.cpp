#include "learning_loop/converter/source_description.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/pretty_json.h"
#include "learning_loop/json/reflect.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr auto* file_name = "model.json";
constexpr std::size_t max_bytes = 16 * 1024 * 1024;

Result<json::object> parse_description(std::string const& text)
{
    auto parsed = parse_json_with_odd_numbers(text, file_name);
    if (!parsed) return parsed.error();
    if (!parsed->is_object()) return Error{Errc::invalid_argument, "model.json: expected an object"};
    return std::move(parsed->as_object());
}

/// nullopt: there is none, or an odd one.
template <class T>
std::optional<T> find_value(json::object const& object, std::string_view key)
{
    auto const* value = find_present(object, key);
    if (!value) return std::nullopt;
    auto read = from_json<T>(*value);
    return read ? std::optional(std::move(*read)) : std::nullopt;
}

/// As a number, or as a text that is one.
std::optional<int> find_resolution(json::object const& object)
{
    auto number = find_value<double>(object, "resolution");
    if (auto const text = find_value<std::string>(object, "resolution")) {
        auto const digits = trimmed(*text);
        double read = 0;
        auto const [rest, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), read);
        if (failure == std::errc() && rest == digits.data() + digits.size()) number = read;
    }
    bool const is_size = number && *number >= 1 && *number <= std::numeric_limits<int>::max();
    if (!is_size || std::trunc(*number) != *number) return std::nullopt;
    return static_cast<int>(*number);
}

} // namespace

Result<SourceDescription> read_source_description(std::filesystem::path const& folder, SourceModel const& model)
{
    SourceDescription source;
    auto const text = read_file(folder / file_name, max_bytes);
    if (!text && text.error().code != Errc::not_found) return text.error();
    if (text) {
        auto parsed = parse_description(*text);
        if (!parsed) return parsed.error();
        source.json = std::move(*parsed);
    }
    auto& told = source.model;
    told.id = model.listed.id;
    told.organization = model.project.organization;
    told.project = model.project.project;
    told.version = model.listed.version;
    told.host = find_value<std::string>(source.json, "host");
    if (auto const* categories = find_present(source.json, "categories")) {
        auto read = from_json<std::vector<Category>>(*categories, JsonPath(file_name) / "categories");
        if (!read) return read.error();
        told.categories = std::move(*read);
    }
    told.resolution = find_resolution(source.json);
    told.model_root_path = folder.string();
    told.model_size = find_value<std::string>(source.json, "model_size");
    told.conf_threshold = find_value<double>(source.json, "conf_threshold");
    if (told.resolution) source.json["resolution"] = *told.resolution;
    return source;
}

Result<std::string> description_of_converted(SourceDescription const& source, std::optional<std::string> const& own,
                                             std::string const& format)
{
    auto description = source.json;
    if (own) {
        auto parsed = parse_description(*own);
        if (!parsed) return parsed.error();
        description = std::move(*parsed);
        for (auto const* key : {"categories", "resolution", "model_size", "conf_threshold"}) {
            auto const* of_source = find_present(source.json, key);
            if (of_source && !find_present(description, key)) description[key] = *of_source;
        }
    }
    description["format"] = format;
    return pretty_text(description);
}

} // namespace learning_loop
