#pragma once

#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

namespace learning_loop::fuzz {

/// Boost.JSON reads a number of 17 digits to within its last one.
inline bool same_number(double a, double b)
{
    constexpr double last_digit = 1e-15;
    return a == b || std::abs(a - b) <= last_digit * std::max(std::abs(a), std::abs(b));
}

/// Of one kind, and equal but for the last digit of a number and the order of members.
inline bool same_json(boost::json::value const& a, boost::json::value const& b)
{
    if (a.kind() != b.kind()) return false;
    if (a.is_double()) return same_number(a.get_double(), b.get_double());
    if (a.is_array()) {
        auto const &first = a.get_array(), &second = b.get_array();
        return std::equal(first.begin(), first.end(), second.begin(), second.end(), same_json);
    }
    if (!a.is_object()) return a == b;
    auto const member_is_in_b = [&b](auto const& member) {
        auto const* other = b.get_object().if_contains(member.key());
        return other && same_json(member.value(), *other);
    };
    auto const& members = a.get_object();
    return members.size() == b.get_object().size() && std::all_of(members.begin(), members.end(), member_is_in_b);
}

} // namespace learning_loop::fuzz
