#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/mp11/list.hpp>
#include <boost/pfr/tuple_size.hpp>

namespace learning_loop {

/// Whether BOOST_DESCRIBE_STRUCT forgets no field of the struct, which would silently be left out of its JSON. Costs
/// compile time: for the .cpp of a data class.
template <DescribedStruct T>
inline constexpr bool every_field_is_described =
    boost::mp11::mp_size<reflect_detail::Members<T>>::value == boost::pfr::tuple_size_v<T>;

} // namespace learning_loop
