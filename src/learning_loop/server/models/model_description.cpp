#include "learning_loop/server/models/model_description.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/model_information.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr auto known_to_the_loop = {"id", "host", "organization", "project", "version", "format"};

Error wrong_description(std::string const& what)
{
    return {Errc::unprocessable, "files: " + std::string(description_file) + ": " + what};
}

std::optional<double> number_in(json::value const& value)
{
    if (auto const* real = value.if_double()) return *real;
    auto const* string = value.if_string();
    if (!string) return std::nullopt;
    auto const text = trimmed({string->data(), string->size()});
    double number = 0;
    auto const [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool const is_number = failure == std::errc() && rest == text.data() + text.size() && std::isfinite(number);
    return is_number ? std::optional(number) : std::nullopt;
}

enum class Number { whole, any };

/// Makes the number that is meant of what is a text, or has a fraction of zero.
void mend(json::object& object, std::string_view key, Number kind, JsonPath const& path,
          std::vector<std::string>& remarks)
{
    auto* const value = object.if_contains(key);
    if (!value || (kind == Number::any && value->is_double())) return;
    auto const number = number_in(*value);
    if (!number) return;
    constexpr double exact_below = 1LL << 53;
    bool const is_whole = std::trunc(*number) == *number && std::abs(*number) < exact_below;
    if (!is_whole && kind == Number::whole) return;
    auto mended = is_whole ? json::value(static_cast<std::int64_t>(*number)) : json::value(*number);
    remarks.push_back(std::string(description_file) + ": " + (path / key).text() + ": " + printable(to_text(*value)) +
                      " was taken for the number " + to_text(mended));
    *value = std::move(mended);
}

void mend_all(json::object& description, std::vector<std::string>& remarks)
{
    mend(description, "resolution", Number::whole, {}, remarks);
    mend(description, "conf_threshold", Number::any, {}, remarks);
    auto* const categories = description.if_contains("categories");
    auto* const list = categories ? categories->if_array() : nullptr;
    JsonPath const path("categories");
    for (std::size_t i = 0; list && i < list->size(); ++i) {
        if (auto* const category = (*list)[i].if_object())
            mend(*category, "point_size", Number::whole, path / i, remarks);
    }
}

Result<void> check_categories(std::vector<Category> const& categories)
{
    std::set<std::string_view> ids;
    JsonPath const path("categories");
    for (std::size_t i = 0; i < categories.size(); ++i) {
        auto const& [id, type] = std::tie(categories[i].id, categories[i].type);
        auto const fault = type ? find_fault_of_type(*type) : std::nullopt;
        if (fault) return wrong_description((path / i / "type").text() + ": " + *fault);
        if (!ids.insert(id).second)
            return wrong_description((path / i / "id").text() + ": '" + printable(id) + "' comes twice");
    }
    return {};
}

/// Whether nodes can read it, once what the Loop knows is set.
Result<void> check_description(json::object description)
{
    for (auto const* key : known_to_the_loop) description[key] = "";
    auto const read = from_json<ModelInformation>(description);
    if (!read) return wrong_description(read.error().message);
    if (auto fit = check_categories(read->categories); !fit) return fit;
    if (read->resolution && *read->resolution <= 0) return wrong_description("resolution: expected a number above 0");
    return {};
}

} // namespace

Result<json::object> read_description(std::string_view text, std::vector<std::string>& remarks)
{
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF"; // which editors of Windows write
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    auto parsed = parse_json(text, description_file);
    if (!parsed) return Error{Errc::unprocessable, "files: " + parsed.error().message};
    auto* const object = parsed->if_object();
    if (!object) return wrong_description("expected an object");
    mend_all(*object, remarks);
    if (auto fit = check_description(*object); !fit) return fit.error();
    return std::move(*object);
}

void set_if_absent(json::object& description, std::string_view key, json::value value)
{
    if (!find_present(description, key)) description[key] = std::move(value);
}

json::object completed(json::object description, ModelFacts const& facts)
{
    description["id"] = facts.id;
    description["host"] = facts.host;
    description["organization"] = facts.organization;
    description["project"] = facts.project;
    description["version"] = facts.version;
    description["format"] = facts.format;
    for (auto const* key : {"categories", "resolution", "model_size"}) {
        if (find_present(description, key)) continue;
        auto const* first = facts.first.if_contains(key);
        description[key] = first ? *first : json::value();
    }
    auto const* threshold = find_present(facts.first, "conf_threshold");
    if (threshold) set_if_absent(description, "conf_threshold", *threshold);
    if (!find_present(description, "categories")) description["categories"] = to_json(facts.categories);
    return description;
}

} // namespace learning_loop
