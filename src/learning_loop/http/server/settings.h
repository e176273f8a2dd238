#pragma once

#include "learning_loop/base/log.h"
#include "learning_loop/settings/settings.h"
#include "learning_loop/http/server/server_options.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// What every program that serves HTTP is told.
struct HttpSettings {
    std::string host = "127.0.0.1"; ///< Interface to bind.
    std::uint16_t port = 0;         ///< 0: any that is free.
    std::filesystem::path tls_cert; ///< PEM, both or none: then https is served.
    std::filesystem::path tls_key;
    log::Level log_level = log::Level::info;
    bool access_log = true; ///< A line per request.
};
BOOST_DESCRIBE_STRUCT(HttpSettings, (), (host, port, tls_cert, tls_key, log_level, access_log))

std::vector<Setting> http_settings();

/// How the server is to listen. Long uploads wait in a folder beside the other data, which is made and swept here.
http::ServerOptions server_options(HttpSettings const& settings, std::filesystem::path const& data_folder);

/// invalid_argument: only half of the pair for TLS is given.
Result<void> check_http_settings(HttpSettings const& settings, SettingsReader const& reader);

} // namespace learning_loop
