#pragma once

#include "learning_loop/http/server/deadlines.h"
#include "learning_loop/http/server/head_check.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace learning_loop::http {

/// How a server listens and what it allows its clients.
struct ServerOptions {
    std::string host = "127.0.0.1"; ///< Interface to bind: an address or a name.
    std::uint16_t port = 8000;      ///< 0: one that is free.
    std::string tls_certificate;    ///< PEM file of the chain. Empty: plain HTTP.
    std::string tls_key;            ///< PEM file of its key.
    std::string operator_token;     ///< Bearer token of the routes `for_operators`; empty: they are for loopback only.
    bool operators_need_token = true;         ///< False: whoever reaches the server may call these routes.
    std::vector<std::string> allowed_origins; ///< Of foreign pages that may call, as `https://loop.example`.
    bool access_log = true;                   ///< A line for each request.
    std::filesystem::path upload_folder = std::filesystem::temp_directory_path(); ///< Where long uploads wait.
    std::size_t max_connections = 10'000; ///< One more ends the one that has waited longest without a request.
    std::size_t max_body_bytes_in_memory = 1u << 30; ///< Of all requests together; more are answered 503.
    HeadLimits head;
    Deadlines deadlines;
};

} // namespace learning_loop::http
