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

constexpr int tls_security_level = 2; ///< Of OpenSSL, whatever the system's default is: no SHA-1, no short keys.

/// What a client needs to speak TLS 1.2 or newer to servers that an authority of this file vouches for; empty: the
/// system's. invalid_argument: the file cannot be read.
Result<std::shared_ptr<boost::asio::ssl::context>> load_client_tls(std::string const& ca_file);

/// Has a connection insist on a certificate for that name or address; a common name does not count.
void expect_host(SSL* connection, std::string const& host);

/// Why a handshake failed, and what to do.
std::string tls_fault(SSL* connection, boost::system::error_code const& failure);

/// The same for what OpenSSL found wrong with the server's certificate (X509_V_ERR_...).
std::string certificate_problem(long reason);

constexpr auto bad_ca_file = "the file of LOOP_SSL_CERT_PATH cannot be read: it must hold certificates as PEM";
constexpr auto no_common_tls = "no TLS could be agreed on: the server must speak TLS 1.2 or newer, at this port";

} // namespace learning_loop
