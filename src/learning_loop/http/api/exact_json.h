#pragma once

#include "learning_loop/http/api/argument.h"
#include "learning_loop/json/reflect.h"

#include <boost/json/value.hpp>

#include <span>
#include <string_view>

namespace learning_loop::http {

/// The body, as JSON that a person or a script of theirs wrote: a key that there is not is an error, be it of the body
/// or of what is in it. Nobody would learn otherwise that a misspelt one had no effect.
template <class T>
struct FromExactJson {
    T value{};
    T const* operator->() const { return &value; }
};

/// Errors: unprocessable if the object has a key that is not among them; the message names it and those there are. What
/// is no object passes.
Result<void> refuse_other_keys(boost::json::value const& json, std::span<std::string_view const> known);

namespace argument_detail {

/// As `read_json_body`. Errors: also unprocessable for a key that the type does not know.
Result<void> read_exact_json_body(Request const& request, JsonType const& type, void* into);

} // namespace argument_detail

template <class T>
struct Argument<FromExactJson<T>> {
    static Result<void> read(Request& request, FromExactJson<T>& into)
    {
        return argument_detail::read_exact_json_body(request, json_type<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_json(json_type<T>()); }
};

} // namespace learning_loop::http
