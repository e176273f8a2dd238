#pragma once

#include "learning_loop/base/error.h"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace learning_loop {

/// What a server needs for TLS 1.2 or newer, from two PEM files: a chain of certificates and its key. Errors:
/// invalid_argument if a file cannot be read, if the certificate is not valid now, or if the two do not belong
/// together; the message names the flag, the file and the remedy.
Result<std::shared_ptr<boost::asio::ssl::context>> load_tls(std::string const& certificate_file,
                                                            std::string const& key_file);

constexpr int tls_security_level = 2; ///< Of OpenSSL, instead of the system's default: no SHA-1, no short keys.

/// What a client needs for TLS 1.2 or newer with servers whose certificates are from an authority in this PEM file;
/// empty: from one that the system trusts. Errors: invalid_argument if the file cannot be read.
Result<std::shared_ptr<boost::asio::ssl::context>> load_client_tls(std::string const& ca_file);

/// Makes the handshake fail unless the server's certificate is for that name or address. Its common name does not
/// count.
void expect_host(SSL* connection, std::string const& host);

/// Tells why a handshake failed, and what to do.
std::string tls_fault(SSL* connection, boost::system::error_code const& failure);

/// Tells what is wrong with a server's certificate, and what to do. `reason` is OpenSSL's X509_V_ERR_...
std::string certificate_problem(long reason);

constexpr auto bad_ca_file = "the file of LOOP_SSL_CERT_PATH cannot be read: it must hold certificates as PEM";
constexpr auto no_common_tls = "no TLS could be agreed on: the server must speak TLS 1.2 or newer, at this port";

} // namespace learning_loop
