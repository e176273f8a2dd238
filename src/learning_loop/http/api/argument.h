#pragma once

#include "learning_loop/async/call.h"
#include "learning_loop/http/api/operation.h"
#include "learning_loop/http/api/text_field.h"
#include "learning_loop/http/message.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

// What a handler of a route may take: see handler.h.

namespace learning_loop::http {

/// The parts of the path, by their `{names}` in the route's pattern.
template <class T>
struct FromPath {
    T value{};
    T const* operator->() const { return &value; }
};

/// The values of the query, by name.
template <class T>
struct FromQuery {
    T value{};
    T const* operator->() const { return &value; }
};

/// Values that come in a header or in the query: the field `camera_id` as `camera-id` or `camera_id`, or under the
/// other names that a FieldNote tells. An empty text counts as absent.
template <class T>
struct FromHeaderOrQuery {
    T value{};
    T const* operator->() const { return &value; }
};

/// The body, as JSON.
template <class T>
struct FromJson {
    T value{};
    T const* operator->() const { return &value; }
};

/// The fields of a form: a body of `application/x-www-form-urlencoded`.
template <class T>
struct FromForm {
    T value{};
    T const* operator->() const { return &value; }
};

/// A body or an answer of plain text.
struct TextBody {
    std::string text;
};

/// Finds an argument that takes a while; `describe` adds what it reads to the API document.
struct RequestLookup : Lookup<Request> {
    std::function<void(Operation&)> describe;
};
using RequestLookups = Lookups<RequestLookup>;

/// How an argument is read from a request and described. To be specialised for a type that brings its own way.
template <class T>
struct Argument;

namespace argument_detail {

// These read the fields of the struct that `object` points to. Errors: unprocessable, with the fault's place; also if a
// value of a query or a form comes twice, with different texts.
Result<void> read_path(Request const& request, std::span<TextField const> fields, void* object);
Result<void> read_query(Request const& request, std::span<TextField const> fields, void* object);
/// Errors: invalid_argument if a value comes twice, with different texts.
Result<void> read_headers_or_query(Request const& request, std::span<TextField const> fields, void* object);

Result<void> read_form(Request const& request, std::span<TextField const> fields, void* object);

/// Reads the body as JSON into the value that `into` points to, which must be of that type.
Result<void> read_json_body(Request const& request, JsonType const& type, void* into);

} // namespace argument_detail

template <>
struct Argument<Request> {
    static constexpr bool moves_out = true;
    static Result<void> read(Request& request, Request& into);
    static void describe(Operation&) {}
};

template <>
struct Argument<Caller> {
    static Result<void> read(Request& request, Caller& into);
    static void describe(Operation&) {}
};

template <>
struct Argument<TextBody> {
    static constexpr bool moves_out = true;
    static Result<void> read(Request& request, TextBody& into);
    static void describe(Operation& operation) { operation.takes("text/plain"); }
};

template <>
struct Argument<Upload> {
    static constexpr bool moves_out = true;
    static Result<void> read(Request& request, Upload& into);
    static void describe(Operation& operation) { operation.takes("multipart/form-data"); }
};

template <class T>
struct Argument<FromPath<T>> {
    static Result<void> read(Request& request, FromPath<T>& into)
    {
        return argument_detail::read_path(request, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_path(text_fields_of<T>()); }
};

template <class T>
struct Argument<FromQuery<T>> {
    static Result<void> read(Request& request, FromQuery<T>& into)
    {
        return argument_detail::read_query(request, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_query(text_fields_of<T>()); }
};

template <class T>
struct Argument<FromHeaderOrQuery<T>> {
    static Result<void> read(Request& request, FromHeaderOrQuery<T>& into)
    {
        return argument_detail::read_headers_or_query(request, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_headers(text_fields_of<T>()); }
};

template <class T>
struct Argument<FromJson<T>> {
    static Result<void> read(Request& request, FromJson<T>& into)
    {
        return argument_detail::read_json_body(request, json_type<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_json(json_type<T>()); }
};

template <class T>
struct Argument<FromForm<T>> {
    static Result<void> read(Request& request, FromForm<T>& into)
    {
        return argument_detail::read_form(request, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes("application/x-www-form-urlencoded"); }
};

/// Adds what is read for an argument of that type to the API document.
template <class T>
void describe_argument(Operation& operation, RequestLookups const& lookups)
{
    if constexpr (ReadAtOnce<Request, Argument, T>) Argument<T>::describe(operation);
    else lookups.of(typeid(T)).describe(operation);
}

} // namespace learning_loop::http

namespace learning_loop {

// Compiled once, in handler.cpp, beside the coroutines that await them.
extern template Task<Result<http::Response>> refuse_call(Error);
extern template Task<Result<http::Response>> finish_call(std::unique_ptr<Call<http::Request, http::Response>>,
                                                         http::Request&);
extern template Task<Result<http::Response>> finish_owning_call(std::unique_ptr<Call<http::Request, http::Response>>,
                                                                http::Request);
extern template Task<Result<void>> finish_call(std::unique_ptr<Call<http::Request, void>>, http::Request&);

} // namespace learning_loop
