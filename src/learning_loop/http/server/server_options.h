#pragma once

#include "learning_loop/http/networks.h"
#include "learning_loop/http/server/deadlines.h"
#include "learning_loop/http/server/head_check.h"
#include "learning_loop/http/url.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop::http {

/// What senders may ask for at one time. 0: any number.
struct RequestLimits {
    std::size_t open_of_one = 0;         ///< Requests of one address that are not answered yet.
    std::size_t open_of_unknown_one = 0; ///< The same, of an address that nobody knows: callers of the kind `nobody`.
    std::size_t open_of_unknown = 0;     ///< Of all of these together, for what is not for everybody.
    std::size_t open_of_visitors = 0;    ///< And for what is for everybody, as logins and pages.
    std::size_t memory_of_one_bytes = 0; ///< Bodies of one address.
    std::size_t memory_of_unknown_bytes = 0;
    std::size_t memory_of_visitors_bytes = 0; ///< Beside that of all others, which cannot take it.
    std::size_t uploads_of_one_bytes = 0;     ///< On the disk, of one address, before they are handled.
    std::size_t uploads_bytes = 0;            ///< The same of all together.
};

/// How a server listens, and its limits.
struct ServerOptions {
    std::string host = "127.0.0.1"; ///< Interface to bind: an address or a name.
    std::uint16_t port = 8000;      ///< 0: one that is free.
    std::string tls_certificate;    ///< PEM file of the chain. Empty: plain HTTP.
    std::string tls_key;            ///< PEM file of its key.

    /// The names that requests may be for (Host), beside those of loopback, the bound address and the public URL's.
    /// Absent: any name, unless the server is bound to loopback.
    std::optional<std::vector<std::string>> allowed_hosts;
    std::vector<std::string> allowed_origins; ///< Of web pages from elsewhere that may call, as `https://loop.example`.
    std::optional<Url> public_url;            ///< Where clients reach the server through a proxy, maybe below a path.
    Networks proxies;          ///< Whose word on the client's address and scheme counts (X-Forwarded-For, -Proto).
    bool only_proxies = false; ///< Refuses those who come neither from a proxy nor from this machine.

    bool access_log = true;                                                       ///< A line for each request.
    std::filesystem::path upload_folder = std::filesystem::temp_directory_path(); ///< Long uploads go here.
    std::uint64_t min_free_disk_bytes = 0;           ///< Of the upload folder's disk, for routes that take room on it.
    std::size_t max_connections = 10'000;            ///< One more closes the one that has been idle longest.
    std::size_t max_body_bytes_in_memory = 1u << 30; ///< Of all requests together; beyond it: 503.
    RequestLimits requests;
    HeadLimits head;
    Deadlines deadlines;
};

} // namespace learning_loop::http
