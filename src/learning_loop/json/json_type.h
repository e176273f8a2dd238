#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/json/description.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

// The types that JSON is made of, for code that does not know them by name. What is public here comes with reflect.h.

namespace learning_loop {

class SchemaCollector;

/// Where in a document we are, as `box_detections[3].width`. Built on the stack while reading, spelled out only for an
/// error.
class JsonPath {
public:
    JsonPath() = default;
    explicit JsonPath(std::string_view root) : key_(root) {}

    JsonPath operator/(std::string_view key) const { return {this, key, -1}; }
    JsonPath operator/(std::size_t index) const { return {this, {}, static_cast<std::ptrdiff_t>(index)}; }
    std::string text() const;

private:
    JsonPath(JsonPath const* parent, std::string_view key, std::ptrdiff_t index)
        : parent_(parent), key_(key), index_(index)
    {}

    JsonPath const* parent_ = nullptr;
    std::string_view key_;
    std::ptrdiff_t index_ = -1;
};

/// invalid_argument: `<path>: <what is wrong>`; the fault names the path.
Error error_at(JsonPath const& path, std::string_view what);
Error missing_at(JsonPath const& path); ///< The same for what is not there.

/// Specialise it for a type that is not written as its description says, with any of `to_json(T const&)`,
/// `from_json(value, path)` and `schema()`. Without a schema it may be anything in an API document.
template <class T>
struct JsonForm {};

/// How values of one type are written, read and described, for code that does not know the type.
struct JsonType {
    boost::json::value (*write)(void const* value);
    Result<void> (*read)(boost::json::value const& json, JsonPath const& path, void* into);
    boost::json::object (*schema)(SchemaCollector& collector);
    void (*clear)(void* value); ///< Makes it empty. Null if a field of this type must not be absent.
};

/// Of described structs and enums, texts, numbers, bools, JSON values, and optionals, lists and maps of those. So that
/// it is compiled once, the header of a data class says `extern template JsonType const& json_type<Name>();`, and its
/// .cpp the same without `extern`.
template <class T>
JsonType const& json_type();

namespace reflect_detail {

struct Field {
    char const* name;
    JsonType const& (*type)();
    void const* (*place)(void const* object);
};

template <class T, class Member>
void const* place_of(void const* object)
{
    return &(static_cast<T const*>(object)->*Member::pointer);
}

template <class T, template <class...> class List, class... Member>
constexpr std::array<Field, sizeof...(Member)> field_table(List<Member...>)
{
    return {Field{Member::name, &json_type<MemberType<T, Member>>, &place_of<T, Member>}...};
}

/// The fields of a struct, in the order of its description.
template <DescribedStruct T>
std::span<Field const> fields_of()
{
    static constexpr auto fields = field_table<T>(Members<T>{});
    return fields;
}

boost::json::object write_struct(void const* object, std::span<Field const> fields);
Result<void> read_struct(boost::json::value const& json, JsonPath const& path, void* into,
                         std::span<Field const> fields);

} // namespace reflect_detail

} // namespace learning_loop
