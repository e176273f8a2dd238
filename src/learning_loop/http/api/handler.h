#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/http/api/argument.h"
#include "learning_loop/http/api/operation.h"
#include "learning_loop/http/message.h"

#include <concepts>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

// The signature of a handler tells what it takes and gives: `Task<Result<Model>> add(FromPath<ModelPath>, Upload)`. The
// reading of the request, the 422 if something is wrong there, the JSON of the answer and the API document follow from
// it.
//
// A handler may take FromPath<T>, FromQuery<T> and FromHeaderOrQuery<T> (T: a described struct of texts, whole numbers,
// bools, enums and optionals of them), FromJson<T> or FromForm<T> (the body), the Caller, what a lookup of the router
// finds, and, as the last one, TextBody, Upload (a multipart body whose long parts go to disk) or the Request. They are
// checked in the order of the signature. It may give anything that has a JSON form (`HasJson`), TextBody, or a
// Response.

namespace learning_loop::http {

using Handler = std::function<Task<Result<Response>>(Request)>;

namespace handler_detail {

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

} // namespace handler_detail

/// The handler of a route for a member function of an API object. Object and lookups must outlive the router.
template <class Api, class Out, class... In>
Handler handler_of(RequestLookups const& lookups, Api& api, Task<Result<Out>> (Api::*handler)(In...))
{
    if constexpr (std::same_as<Out, Response> && std::same_as<std::tuple<In...>, std::tuple<Request>>) {
        return [&api, handler](Request request) { return (api.*handler)(std::move(request)); };
    } else {
        return [&lookups, &api, handler](Request request) {
            auto function = [&api, handler](In... in) {
                return handler_detail::respond((api.*handler)(std::move(in)...));
            };
            return call_with_arguments<Response, Argument, In...>(std::move(request), lookups, std::move(function));
        };
    }
}

/// Adds what the signature tells to the API document.
template <class Out, class... In>
void describe_handler(Operation& operation, RequestLookups const& lookups)
{
    static_assert(HasJson<Out> || std::same_as<Out, TextBody> || std::same_as<Out, Response>,
                  "a handler gives what has a JSON form, TextBody or a Response");
    (describe_argument<In>(operation, lookups), ...);
    if constexpr (std::same_as<Out, TextBody>) operation.gives("text/plain");
    else if constexpr (!std::same_as<Out, Response>) operation.gives_json(json_type<Out>());
}

} // namespace learning_loop::http
