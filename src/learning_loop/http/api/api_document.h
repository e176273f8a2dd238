#pragma once

#include "learning_loop/http/api/router.h"

#include <boost/json/object.hpp>

#include <string>

namespace learning_loop::http {

/// The API of a program as an OpenAPI 3.1 document: every route, from its handler's signature.
boost::json::object api_document(Router const& router, std::string const& title, std::string const& version);

/// The same as a page for people, which loads nothing from anywhere.
std::string api_page(boost::json::object const& document);

} // namespace learning_loop::http
