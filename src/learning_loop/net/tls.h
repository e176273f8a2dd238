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

} // namespace learning_loop
