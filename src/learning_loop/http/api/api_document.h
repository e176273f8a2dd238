#pragma once

#include "learning_loop/http/api/router.h"

#include <boost/json/object.hpp>

#include <string>

namespace learning_loop::http {

/// Describes the API of a program as an OpenAPI 3.1 document: all routes, by the signatures of their handlers.
boost::json::object api_document(Router const& router, std::string const& title, std::string const& version);

/// The same as a page for people, which loads nothing from other servers.
std::string api_page(boost::json::object const& document, std::string const& up);

} // namespace learning_loop::http
