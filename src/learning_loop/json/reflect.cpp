#include "learning_loop/json/reflect.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/words.h"

#include <cmath>

namespace learning_loop {
namespace json = boost::json;
namespace reflect_detail {
namespace {

std::string listed(std::span<Word const> words)
{
    std::vector<std::string_view> texts;
    for (auto const& word : words) texts.emplace_back(word.text);
    return alternatives(texts);
}

json::value write_text(void const* value)
{
    auto const& text = *static_cast<std::string const*>(value);
    return json::string(text);
}

Result<void> read_text(json::value const& json, JsonPath const& path, void* into)
{
    auto const* text = json.if_string();
    if (!text) return error_at(path, "expected a text");
    static_cast<std::string*>(into)->assign(text->data(), text->size());
    return {};
}

json::object text_schema(SchemaCollector&)
{
    return {{"type", "string"}};
}

json::value write_bool(void const* value)
{
    return *static_cast<bool const*>(value);
}

Result<void> read_bool(json::value const& json, JsonPath const& path, void* into)
{
    auto const* truth = json.if_bool();
    if (!truth) return error_at(path, "expected true or false");
    *static_cast<bool*>(into) = *truth;
    return {};
}

json::object bool_schema(SchemaCollector&)
{
    return {{"type", "boolean"}};
}

json::value write_double(void const* value)
{
    return *static_cast<double const*>(value);
}

Result<void> read_double(json::value const& json, JsonPath const& path, void* into)
{
    if (!json.is_number()) return error_at(path, "expected a number");
    *static_cast<double*>(into) = json.to_number<double>();
    return {};
}

json::object double_schema(SchemaCollector&)
{
    return {{"type", "number"}};
}

json::value write_json(void const* value)
{
    return *static_cast<json::value const*>(value);
}

Result<void> read_json(json::value const& json, JsonPath const&, void* into)
{
    *static_cast<json::value*>(into) = json;
    return {};
}

json::object json_schema(SchemaCollector&)
{
    return {}; // anything
}

} // namespace

json::object write_struct(void const* object, std::span<Field const> fields)
{
    json::object written;
    written.reserve(fields.size());
    for (auto const& field : fields) written.emplace(field.name, field.type().write(field.place(object)));
    return written;
}

Result<void> read_struct(json::value const& json, JsonPath const& path, void* into, std::span<Field const> fields)
{
    auto const* object = json.if_object();
    if (!object) return error_at(path, "expected an object");
    for (auto const& field : fields) {
        auto const& type = field.type();
        auto* const place = const_cast<void*>(field.place(into)); // `into` may be written to
        auto const here = path / std::string_view(field.name);
        auto const* value = find_present(*object, field.name);
        if (!value && !type.clear) return missing_at(here);
        if (!value) {
            type.clear(place);
        } else if (auto const read = type.read(*value, here, place); !read) {
            return read;
        }
    }
    return {};
}

json::value write_word(std::int64_t value, std::span<Word const> words)
{
    auto const* word = find_word(value, words);
    return json::string(word ? word->text : "?");
}

Result<std::int64_t> read_word(std::string_view text, std::span<Word const> words)
{
    if (auto const* word = find_word(text, words)) return word->value;
    return Error{Errc::invalid_argument, "'" + printable(text) + "' is unknown: use " + listed(words)};
}

Result<std::int64_t> read_word(json::value const& json, JsonPath const& path, std::span<Word const> words)
{
    auto const* text = json.if_string();
    if (!text) return error_at(path, "expected a text: use " + listed(words));
    auto const value = read_word(std::string_view(text->data(), text->size()), words);
    if (!value) return error_at(path, value.error().message);
    return *value;
}

Result<std::uint64_t> read_integer(json::value const& json, JsonPath const& path, std::int64_t min, std::uint64_t max)
{
    if (auto const* number = json.if_int64()) {
        if (*number >= min && (*number < 0 || static_cast<std::uint64_t>(*number) <= max))
            return static_cast<std::uint64_t>(*number);
    } else if (auto const* large = json.if_uint64()) {
        if (*large <= max) return *large;
    } else if (auto const* real = json.if_double()) {
        // One more than the largest number is a power of two, which a double holds exactly.
        bool const is_within = *real >= static_cast<double>(min) && *real < static_cast<double>(max) + 1;
        if (is_within && std::trunc(*real) == *real)
            return *real < 0 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(*real))
                             : static_cast<std::uint64_t>(*real);
    }
    return error_at(path, json.is_number() ? "expected a whole number within range" : "expected a whole number");
}

} // namespace reflect_detail

std::string JsonPath::text() const
{
    std::string text = parent_ ? parent_->text() : std::string();
    if (index_ >= 0) return text + "[" + std::to_string(index_) + "]";
    if (!text.empty() && !key_.empty()) text += '.';
    return text.append(key_);
}

namespace {

Error fault_at(JsonPath const& path, std::string type, std::string_view what)
{
    auto field = path.text();
    auto message = (field.empty() ? std::string("the document") : field).append(": ").append(what);
    return {Errc::invalid_argument, std::move(message), Fault{"", std::move(field), std::move(type), ""}};
}

} // namespace

Error error_at(JsonPath const& path, std::string_view what)
{
    return fault_at(path, "value_error", what);
}

Error missing_at(JsonPath const& path)
{
    return fault_at(path, "missing", "is missing");
}

template <>
JsonType const& json_type<std::string>()
{
    using namespace reflect_detail;
    static constexpr JsonType type{&write_text, &read_text, &text_schema, nullptr};
    return type;
}

template <>
JsonType const& json_type<bool>()
{
    using namespace reflect_detail;
    static constexpr JsonType type{&write_bool, &read_bool, &bool_schema, nullptr};
    return type;
}

template <>
JsonType const& json_type<double>()
{
    using namespace reflect_detail;
    static constexpr JsonType type{&write_double, &read_double, &double_schema, nullptr};
    return type;
}

template <>
JsonType const& json_type<json::value>()
{
    using namespace reflect_detail;
    static constexpr JsonType type{&write_json, &read_json, &json_schema, nullptr};
    return type;
}

template JsonType const& json_type<int>();
template JsonType const& json_type<std::int64_t>();
template JsonType const& json_type<std::uint64_t>();
template JsonType const& json_type<std::optional<std::string>>();
template JsonType const& json_type<std::optional<bool>>();
template JsonType const& json_type<std::optional<int>>();
template JsonType const& json_type<std::optional<std::int64_t>>();
template JsonType const& json_type<std::optional<double>>();
template JsonType const& json_type<std::vector<std::string>>();
template JsonType const& json_type<std::map<std::string, std::string>>();
template JsonType const& json_type<std::map<std::string, json::value>>();

} // namespace learning_loop
