// What was read, written and read again is the same: JSON values, and the metadata of an image.
#include "learning_loop/base/json.h"
#include "learning_loop/data/image_metadata.h"

#include "target.h"

#include <algorithm>
#include <cmath>

namespace learning_loop {
namespace {

using fuzz::require;
namespace json = boost::json;

bool same(json::value const& a, json::value const& b);

/// Boost.JSON reads a number of 17 digits to within its last one.
bool same_number(double a, double b)
{
    constexpr double last_digit = 1e-15;
    return a == b || std::abs(a - b) <= last_digit * std::max(std::abs(a), std::abs(b));
}

bool same_objects(json::object const& a, json::object const& b)
{
    auto const member_is_in_b = [&](auto const& member) {
        auto const* other = b.if_contains(member.key());
        return other && same(member.value(), *other);
    };
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), member_is_in_b);
}

bool same(json::value const& a, json::value const& b)
{
    if (a.kind() != b.kind()) return false;
    if (a.is_double()) return same_number(a.get_double(), b.get_double());
    if (a.is_object()) return same_objects(a.get_object(), b.get_object());
    if (!a.is_array()) return a == b;
    return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(), b.get_array().end(), same);
}

template <class T>
bool same_fields(T const& a, T const& b);

template <class T>
bool same_field(T const& a, T const& b)
{
    if constexpr (DescribedStruct<T>) return same_fields(a, b);
    else if constexpr (std::same_as<T, Shape>) return same_field(a.points, b.points);
    else if constexpr (reflect_detail::is_optional<T>)
        return a.has_value() == b.has_value() && (!a || same_field(*a, *b));
    else if constexpr (reflect_detail::is_list<T>)
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_field<typename T::value_type>);
    else if constexpr (std::convertible_to<T, double>) return same_number(a, b);
    else return a == b;
}

template <class T>
bool same_fields(T const& a, T const& b)
{
    bool same = true;
    boost::mp11::mp_for_each<reflect_detail::Members<T>>(
        [&](auto member) { same = same && same_field(a.*member.pointer, b.*member.pointer); });
    return same;
}

void check(std::string_view text)
{
    auto const value = parse_json(text, "input");
    if (!value) {
        require(!value.error().message.empty(), "an error tells what is wrong");
        return;
    }
    auto const again = parse_json(to_text(*value), "what we wrote");
    require(again.has_value(), "what we write can be read");
    require(same(*value, *again), "a value survives being written");

    auto const metadata = image_metadata_from(*value);
    if (!metadata) {
        require(!metadata.error().message.empty(), "an error tells what is wrong");
        return;
    }
    auto const read_again = image_metadata_from(parse_json(to_text(json_of(*metadata)), "metadata").value());
    require(read_again.has_value(), "metadata that we write can be read");
    require(same_fields(*metadata, *read_again), "metadata survives being written");
}

} // namespace
} // namespace learning_loop

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::check(learning_loop::fuzz::text_of(data, size));
    return 0;
}
