#pragma once

#include "learning_loop/net/http/server.h"

#include <chrono>
#include <future>
#include <memory>
#include <string>

namespace learning_loop::test {

/// A server on a free port of this machine with an io thread of its own.
class RunningServer {
public:
    explicit RunningServer(http::Router const& router, http::ServerOptions options = {});
    ~RunningServer(); ///< Ends what still runs, at once.

    std::uint16_t port() const;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
    boost::asio::any_io_executor executor();
    std::string metrics_text();

    /// Has the server finish; ready once it has.
    std::future<void> finish(std::chrono::milliseconds grace);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop::test
