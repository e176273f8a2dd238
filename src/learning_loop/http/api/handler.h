#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/api/operation.h"
#include "learning_loop/http/api/text_field.h"
#include "learning_loop/http/message.h"

#include <concepts>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// The signature of a handler tells what it takes and gives: `Task<Result<Model>> add(FromPath<ModelPath>, Upload)`. The
// reading of the request, the 422 if something is wrong there, the JSON of the answer and the API document follow from
// it.
//
// A handler may take FromPath<T> and FromQuery<T> (T: a described struct of texts, whole numbers, bools, enums and
// optionals of them), FromJson<T> (the body), TextBody, Upload (a multipart body whose long parts go to disk) and, as
// the last one, the Request. It may give anything that has a JSON form, TextBody, or a Response.

namespace learning_loop::http {

using Handler = std::function<Task<Result<Response>>(Request)>;

/// The parts of the path, by their `{names}` in the route's pattern.
template <class T>
struct FromPath {
    T value{};
    T const* operator->() const { return &value; }
};

/// The values of the query, by name. Only optional fields may be absent.
template <class T>
struct FromQuery {
    T value{};
    T const* operator->() const { return &value; }
};

/// The body, as JSON.
template <class T>
struct FromJson {
    T value{};
    T const* operator->() const { return &value; }
};

/// A body or an answer of plain text.
struct TextBody {
    std::string text;
};

namespace handler_detail {

/// The answer that refuses a request because of an argument; nullopt: the argument was read.
using Refusal = std::optional<Response>;

/// Gets the text of a field from a request; nullopt: it is absent.
using TextOf = std::optional<std::string_view> (*)(Request const& request, std::string_view name);
std::optional<std::string_view> text_in_path(Request const& request, std::string_view name);
std::optional<std::string_view> text_in_query(Request const& request, std::string_view name);

/// Reads the fields of the struct that `object` points to. `where` is the place as the 422 tells it.
Refusal read_fields(Request const& request, std::string_view where, TextOf text_of, std::span<TextField const> fields,
                    void* object);

/// Reads the body as JSON into the value that `into` points to, which must be of that type.
Refusal read_json_body(Request const& request, JsonType const& type, void* into);

template <class T>
struct Argument;

template <>
struct Argument<Request> {
    static Refusal read(Request& request, Request& into);
    static void describe(Operation&) {}
};

template <>
struct Argument<TextBody> {
    static Refusal read(Request& request, TextBody& into);
    static void describe(Operation& operation) { operation.takes("text/plain"); }
};

template <>
struct Argument<Upload> {
    static Refusal read(Request& request, Upload& into);
    static void describe(Operation& operation) { operation.takes("multipart/form-data"); }
};

template <class T>
struct Argument<FromPath<T>> {
    static Refusal read(Request& request, FromPath<T>& into)
    {
        return read_fields(request, "path", &text_in_path, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.parameters("path", text_fields_of<T>()); }
};

template <class T>
struct Argument<FromQuery<T>> {
    static Refusal read(Request& request, FromQuery<T>& into)
    {
        return read_fields(request, "query", &text_in_query, text_fields_of<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.parameters("query", text_fields_of<T>()); }
};

template <class T>
struct Argument<FromJson<T>> {
    static Refusal read(Request& request, FromJson<T>& into)
    {
        return read_json_body(request, json_type<T>(), &into.value);
    }
    static void describe(Operation& operation) { operation.takes_json(json_type<T>()); }
};

Response response_of(Response response);
Response response_of(TextBody body);
template <class Out>
Response response_of(Out const& out)
{
    return json_response(to_json(out));
}

/// Runs a handler and makes a response of its answer. There is one such coroutine for each type of answer, not for each
/// route: nothing takes the compiler as long as coroutines.
template <class Out>
Task<Result<Response>> respond(Task<Result<Out>> handling)
{
    auto out = co_await std::move(handling);
    if (!out) co_return out.error();
    co_return response_of(std::move(*out));
}

// Compiled once, in the .cpp.
extern template Task<Result<Response>> respond(Task<Result<TextBody>>);
extern template Task<Result<Response>> respond(Task<Result<std::string>>);
extern template Task<Result<Response>> respond(Task<Result<boost::json::value>>);
Task<Result<Response>> respond(Task<Result<Response>> handling);

Task<Result<Response>> refuse(Response refusal);

/// Reads the arguments from left to right, so that the last one may take the whole Request, and calls the handler.
template <class Api, class Out, class... In>
Task<Result<Response>> call(Api& api, Task<Result<Out>> (Api::*handler)(In...), Request request)
{
    std::tuple<In...> arguments;
    Refusal refusal;
    auto const read = [&]<class Argument_>(Argument_& argument) {
        if (!refusal) refusal = Argument<Argument_>::read(request, argument);
    };
    std::apply([&](auto&... each) { (read(each), ...); }, arguments);
    if (refusal) return refuse(std::move(*refusal));
    return respond(std::apply([&](auto&... each) { return (api.*handler)(std::move(each)...); }, arguments));
}

} // namespace handler_detail

/// The handler of a route for a member function of an API object that outlives the router.
template <class Api, class Out, class... In>
Handler handler_of(Api& api, Task<Result<Out>> (Api::*handler)(In...))
{
    if constexpr (std::same_as<Out, Response> && std::same_as<std::tuple<In...>, std::tuple<Request>>) {
        return [&api, handler](Request request) { return (api.*handler)(std::move(request)); };
    } else {
        return [&api, handler](Request request) { return handler_detail::call(api, handler, std::move(request)); };
    }
}

/// Adds what the signature tells to the API document.
template <class Out, class... In>
void describe_handler(Operation& operation)
{
    (handler_detail::Argument<In>::describe(operation), ...);
    if constexpr (std::same_as<Out, TextBody>) operation.gives("text/plain");
    else if constexpr (!std::same_as<Out, Response>) operation.gives_json(json_type<Out>());
}

} // namespace learning_loop::http
