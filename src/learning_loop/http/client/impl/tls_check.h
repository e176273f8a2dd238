#pragma once

#include <curl/curl.h>

#include <string>

namespace learning_loop::http {

/// Has the handle speak TLS 1.2 or newer, and only with the server whose name the URL holds. `ca_file`: the only
/// authorities to trust; empty: the system's.
void verify_tls(CURL* curl, std::string const& ca_file);

/// Why the handshake failed and what to do, for the codes that tell so; else empty. `detail`: libcurl's own words.
std::string tls_problem(CURL* curl, CURLcode code, std::string const& detail);

} // namespace learning_loop::http
