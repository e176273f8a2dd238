#pragma once

#include <boost/describe/bases.hpp>
#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <concepts>
#include <cstddef>
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

/// A value of any type, only for counting: it is never made.
struct AnyValue {
    AnyValue(std::size_t);
    template <class T>
    operator T&() const&;
    template <class T>
    operator T&&() const&&; // for what can only be moved
};

/// Whether the aggregate T can be initialised with that many values: one for each of its direct bases and fields.
template <class T, std::size_t... index>
constexpr bool can_be_initialised(std::index_sequence<index...>)
{
    return requires { T{AnyValue(index)...}; };
}

template <template <class...> class List, class... Member>
constexpr bool differ_in_name(List<Member...>)
{
    constexpr std::array<std::string_view, sizeof...(Member) + 1> names{Member::name..., ""};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (names[i] == names[j]) return false;
        }
    }
    return true;
}

/// Whether BOOST_DESCRIBE_STRUCT forgets no base and no field of the struct itself, and tells none twice.
template <class T>
constexpr bool forgets_no_field()
{
    namespace describe = boost::describe;
    using Own = describe::describe_members<T, describe::mod_public>;
    constexpr auto count = boost::mp11::mp_size<describe::describe_bases<T, describe::mod_any_access>>::value +
                           boost::mp11::mp_size<Own>::value;
    if constexpr (!differ_in_name(Own())) return false;
    else if constexpr (count == 0) return std::is_empty_v<T>;
    else
        return can_be_initialised<T>(std::make_index_sequence<count>()) &&
               !can_be_initialised<T>(std::make_index_sequence<count + 1>());
}
} // namespace reflect_detail

/// Whether BOOST_DESCRIBE_STRUCT forgets no field of the struct, which would silently be left out of its JSON, its
/// settings or its row. Of an aggregate, also one with bases that are aggregates.
template <DescribedStruct T>
inline constexpr bool every_field_is_described = []<template <class...> class List, class... Base>(List<Base...>) {
    return reflect_detail::forgets_no_field<T>() && (every_field_is_described<typename Base::type> && ...);
}(boost::describe::describe_bases<T, boost::describe::mod_any_access>());

namespace reflect_detail {

template <class T>
struct MembersOf {
    static_assert(every_field_is_described<T>, "BOOST_DESCRIBE_STRUCT forgets a field, or tells one twice");
    using type = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
};

/// The fields of a struct, those of its bases first. Each tells its `name` and its `pointer`.
template <class T>
using Members = typename MembersOf<T>::type;
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

} // namespace reflect_detail

} // namespace learning_loop
