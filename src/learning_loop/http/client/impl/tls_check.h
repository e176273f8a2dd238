#pragma once

#include <curl/curl.h>

#include <string>

namespace learning_loop::http {

/// Makes the handle insist on TLS 1.2 or newer and on a certificate for the URL's host. `ca_file`: the only authorities
/// to trust; empty: the system's.
void verify_tls(CURL* curl, std::string const& ca_file);

/// Tells why the handshake failed and what to do. Empty if `code` is about something else. `detail`: libcurl's message.
std::string tls_problem(CURL* curl, CURLcode code, std::string const& detail);

} // namespace learning_loop::http
