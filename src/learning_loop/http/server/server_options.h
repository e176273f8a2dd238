#pragma once

#include "learning_loop/http/server/deadlines.h"
#include "learning_loop/http/server/head_check.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop::http {

/// How a server listens, and its limits.
struct ServerOptions {
    std::string host = "127.0.0.1"; ///< Interface to bind: an address or a name.
    std::uint16_t port = 8000;      ///< 0: one that is free.
    std::string tls_certificate;    ///< PEM file of the chain. Empty: plain HTTP.
    std::string tls_key;            ///< PEM file of its key.
    std::string operator_token;     ///< Bearer token of the routes `for_operators`; empty: they are for loopback only.
    bool operators_need_token = true;         ///< False: these routes are open to everybody.
    std::vector<std::string> allowed_origins; ///< Of web pages from elsewhere that may call, as `https://loop.example`.
    bool access_log = true;                   ///< A line for each request.
    std::filesystem::path upload_folder = std::filesystem::temp_directory_path(); ///< Long uploads go here.
    std::size_t max_connections = 10'000;            ///< One more closes the one that has been idle longest.
    std::size_t max_body_bytes_in_memory = 1u << 30; ///< Of all requests together; beyond it: 503.
    HeadLimits head;
    Deadlines deadlines;
};

} // namespace learning_loop::http
