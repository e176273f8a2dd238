#include "learning_loop/http/api/handler.h"

namespace learning_loop::http::handler_detail {

Response body_malformed(std::string_view message)
{
    auto const colon = message.find(": ");
    auto const path = message.substr(0, colon);
    bool const of_field = colon != std::string_view::npos && path.find(' ') == std::string_view::npos;
    bool const missing = message.ends_with(": is missing");
    return field_malformed("body", of_field ? path : "", missing ? "missing" : "value_error", "", message);
}

} // namespace learning_loop::http::handler_detail
