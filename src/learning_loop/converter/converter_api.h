#pragma once

namespace learning_loop {

namespace http {
class Router;
}
class Conversions;

/// `POST /retry`: models that failed are tried again, all of them or the one that `?model=` names.
void add_converter_api(http::Router& router, Conversions& conversions);

} // namespace learning_loop
