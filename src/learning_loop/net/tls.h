#pragma once

#include "learning_loop/base/error.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace learning_loop {

/// What a server needs to speak TLS 1.2 or newer: a chain of certificates and its key, both PEM files.
/// invalid_argument names the file that is missing, broken, expired or does not fit the other, and what to do.
Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(std::string const& certificate_file,
                                                            std::string const& key_file);

/// What a client needs to speak TLS 1.2 or newer to servers that a CA of this file vouches for; empty: the system's
/// CAs. invalid_argument: the file cannot be read.
Result<std::shared_ptr<boost::asio::ssl::context>> load_client_tls(std::string const& ca_file);

/// Has a connection insist on a certificate for that name or address.
void expect_host(SSL* connection, std::string const& host);

/// Why a handshake failed, in words, with the remedy where it is the certificate.
std::string tls_fault(SSL* connection, boost::system::error_code const& failure);

} // namespace learning_loop
