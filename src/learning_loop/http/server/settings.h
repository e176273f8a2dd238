#pragma once

#include "learning_loop/base/log.h"
#include "learning_loop/http/server/server_options.h"
#include "learning_loop/settings/settings.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop {

/// The settings that every program which serves HTTP has.
struct HttpSettings {
    std::string host = "127.0.0.1"; ///< Interface to bind.
    std::uint16_t port = 0;         ///< 0: any that is free.
    std::filesystem::path tls_cert; ///< PEM. With certificate and key: https; with neither: http.
    std::filesystem::path tls_key;
    log::Level log_level = log::Level::info;
    bool access_log = true; ///< A line per request.
};
BOOST_DESCRIBE_STRUCT(HttpSettings, (), (host, port, tls_cert, tls_key, log_level, access_log))

std::vector<Setting> http_settings();

/// Returns how the server is to listen. Long uploads go to `<data_folder>/uploads`, which `run_program` makes.
http::ServerOptions server_options(HttpSettings const& settings, std::filesystem::path const& data_folder);

/// Errors: invalid_argument if the host is empty, or if only one of certificate and key is given.
Result<void> check_http_settings(HttpSettings const& settings, SettingsReader const& reader);

} // namespace learning_loop
