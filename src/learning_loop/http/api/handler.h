#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/api/operation.h"
#include "learning_loop/http/api/text_field.h"

#include <concepts>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <variant>

// What a handler takes and gives is told by its signature: `Task<Result<Model>> add(FromPath<ModelPath>, Upload)`.
// Reading the request, the 422 for what is wrong there, the JSON of the answer and the API document follow from it.
//
// Taken: FromPath<T>, FromQuery<T> (T: a described struct of texts, whole numbers, bools, enums and optionals of them),
// FromJson<T> (the body), TextBody, Upload (a multipart body whose long parts go to disk) and, as the last one, the
// Request itself. Given: a described struct or a list of them or a JSON value, TextBody, or a Response.

namespace learning_loop::http {

using Handler = std::function<Task<Result<Response>>(Request)>;

/// The `{places}` of the route's pattern, by name.
template <class T>
struct FromPath {
    T value;
    T const* operator->() const { return &value; }
};

/// The values of the query, by name; an optional field may be absent.
template <class T>
struct FromQuery {
    T value;
    T const* operator->() const { return &value; }
};

/// The body, as JSON.
template <class T>
struct FromJson {
    T value;
    T const* operator->() const { return &value; }
};

/// A body or an answer that is plain text.
struct TextBody {
    std::string text;
};

/// What was read, or the answer that refuses it.
template <class T>
using Read = std::variant<T, Response>;

namespace handler_detail {

/// The 422 for a body's JSON; `message` begins with the path of what is wrong.
Response body_malformed(std::string_view message);

/// The text of a path's place or a query's value, read as the field's type.
template <class Field>
Read<Field> field_from(std::string_view where, std::string_view name, std::optional<std::string_view> text)
{
    if constexpr (reflect_detail::is_optional<Field>) {
        if (!text) return Field{};
        auto inner = field_from<typename Field::value_type>(where, name, text);
        if (auto* refusal = std::get_if<Response>(&inner)) return std::move(*refusal);
        return Field(std::get<0>(std::move(inner)));
    } else {
        if (!text) return field_required(where, name);
        auto value = from_text<Field>(*text);
        if (value) return std::move(*value);
        return field_malformed(where, name, type_of_fault<Field>(), *text,
                               std::string(name) + ": " + value.error().message);
    }
}

template <class T, class TextOf>
Read<T> struct_from_texts(std::string_view where, TextOf text_of)
{
    T result{};
    std::optional<Response> refusal;
    boost::mp11::mp_for_each<reflect_detail::Members<T>>([&](auto member) {
        if (refusal) return;
        using Field = std::remove_cvref_t<decltype(result.*member.pointer)>;
        auto read = field_from<Field>(where, member.name, text_of(member.name));
        if (auto* wrong = std::get_if<Response>(&read)) refusal = std::move(*wrong);
        else result.*member.pointer = std::get<0>(std::move(read));
    });
    if (refusal) return std::move(*refusal);
    return result;
}

template <class T>
struct Argument;

template <>
struct Argument<Request> {
    static Read<Request> read(Request& request) { return std::move(request); }
    static void describe(Operation&) {}
};

template <>
struct Argument<TextBody> {
    static Read<TextBody> read(Request& request) { return TextBody{std::move(request.body)}; }
    static void describe(Operation& operation) { operation.takes("text/plain"); }
};

template <>
struct Argument<Upload> {
    static Read<Upload> read(Request& request) { return std::move(request.upload); }
    static void describe(Operation& operation) { operation.takes("multipart/form-data"); }
};

template <class T>
struct Argument<FromPath<T>> {
    static Read<FromPath<T>> read(Request& request)
    {
        auto text_of = [&](std::string_view name) { return std::optional<std::string_view>(request.path_param(name)); };
        auto value = struct_from_texts<T>("path", text_of);
        if (auto* refusal = std::get_if<Response>(&value)) return std::move(*refusal);
        return FromPath<T>{std::get<0>(std::move(value))};
    }
    static void describe(Operation& operation) { operation.template parameters<T>("path"); }
};

template <class T>
struct Argument<FromQuery<T>> {
    static Read<FromQuery<T>> read(Request& request)
    {
        auto text_of = [&](std::string_view name) { return request.query_value(name); };
        auto value = struct_from_texts<T>("query", text_of);
        if (auto* refusal = std::get_if<Response>(&value)) return std::move(*refusal);
        return FromQuery<T>{std::get<0>(std::move(value))};
    }
    static void describe(Operation& operation) { operation.template parameters<T>("query"); }
};

template <class T>
struct Argument<FromJson<T>> {
    static Read<FromJson<T>> read(Request& request)
    {
        auto const json = parse_json(request.body, "the body");
        if (!json) return body_malformed(json.error().message);
        auto value = from_json<T>(*json);
        if (!value) return body_malformed(value.error().message);
        return FromJson<T>{std::move(*value)};
    }
    static void describe(Operation& operation) { operation.template takes_json<T>(); }
};

template <class Out>
Response response_of(Out&& out)
{
    using Kind = std::remove_cvref_t<Out>;
    if constexpr (std::same_as<Kind, Response>) return std::forward<Out>(out);
    else if constexpr (std::same_as<Kind, TextBody>) return text_response(std::move(out.text));
    else return json_response(to_json(out));
}

template <class Api, class Out, class... In>
Task<Result<Response>> call(Api& api, Task<Result<Out>> (Api::*handler)(In...), Request request)
{
    // In braces, so that the arguments are read from left to right and the Request may go with the last.
    std::tuple<Read<In>...> read{Argument<In>::read(request)...};
    Response* refusal = nullptr;
    auto const look = [&](auto& one) {
        if (!refusal) refusal = std::get_if<Response>(&one);
    };
    std::apply([&](auto&... each) { (look(each), ...); }, read);
    if (refusal) co_return std::move(*refusal);
    auto running = std::apply([&](auto&... each) { return (api.*handler)(std::get<0>(std::move(each))...); }, read);
    auto out = co_await std::move(running);
    if (!out) co_return out.error();
    co_return response_of(std::move(*out));
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

/// Writes what the signature tells into the API document.
template <class Out, class... In>
void describe_handler(Operation& operation)
{
    (handler_detail::Argument<In>::describe(operation), ...);
    if constexpr (std::same_as<Out, TextBody>) operation.gives("text/plain");
    else if constexpr (!std::same_as<Out, Response>) operation.template gives_json<Out>();
}

} // namespace learning_loop::http
