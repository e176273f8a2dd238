#pragma once

#include <boost/describe/bases.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/pfr/tuple_size.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// What BOOST_DESCRIBE_STRUCT and BOOST_DESCRIBE_ENUM tell of a type, in the form in which JSON, settings and routes
// ask.

namespace learning_loop {

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;
template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

namespace reflect_detail {

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;

/// The fields of a struct, those of its bases first. Each tells its `name` and its `pointer`.
template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
template <class T, class Member>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*Member::pointer)>;

/// One enumerator.
struct Word {
    char const* text;
    std::int64_t value;
};

template <template <class...> class List, class... Enumerator>
constexpr std::array<Word, sizeof...(Enumerator)> word_table(List<Enumerator...>)
{
    return {Word{Enumerator::name, static_cast<std::int64_t>(Enumerator::value)}...};
}

/// The enumerators, in the order of the description.
template <DescribedEnum T>
std::span<Word const> words_of()
{
    static constexpr auto words = word_table(boost::describe::describe_enumerators<T>{});
    return words;
}

/// Of a struct without bases.
template <class T>
inline constexpr bool has_as_many_fields_as_members =
    boost::mp11::mp_size<Members<T>>::value == boost::pfr::tuple_size_v<T>;

} // namespace reflect_detail

/// Whether BOOST_DESCRIBE_STRUCT forgets no field of the struct, which would silently be left out of its JSON. The
/// fields of a struct with bases cannot be counted: it counts as described.
template <DescribedStruct T>
inline constexpr bool every_field_is_described = [] {
    using Bases = boost::describe::describe_bases<T, boost::describe::mod_any_access>;
    if constexpr (boost::mp11::mp_empty<Bases>::value) return reflect_detail::has_as_many_fields_as_members<T>;
    else return true;
}();

} // namespace learning_loop
