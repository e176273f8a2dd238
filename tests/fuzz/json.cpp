// What was read, written and read again is the same: JSON values, and the metadata of an image.
#include "learning_loop/json/json.h"
#include "learning_loop/data/image_metadata.h"

#include "same_json.h"
#include "target.h"

#include <algorithm>

namespace learning_loop {
namespace {

using fuzz::require;
using fuzz::same_number;

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
    require(fuzz::same_json(*value, *again), "a value survives being written");

    auto const metadata = from_json<ImageMetadata>(*value);
    if (!metadata) {
        require(!metadata.error().message.empty(), "an error tells what is wrong");
        return;
    }
    auto const read_again = from_json<ImageMetadata>(parse_json(to_text(to_json(*metadata)), "metadata").value());
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
