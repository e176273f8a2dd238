#pragma once

#include "learning_loop/net/http/message.h"

namespace learning_loop {

/// Reads a request's JSON body. unprocessable: names the field that is wrong or missing.
template <class T>
Result<T> json_body(http::Request const& request)
{
    auto json = parse_json(request.body, "the body");
    if (!json) return Error{Errc::unprocessable, json.error().message};
    auto value = from_json<T>(*json);
    if (!value) return Error{Errc::unprocessable, value.error().message};
    return value;
}

} // namespace learning_loop
