#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/socketio/engineio/server_session.h"
#include "learning_loop/http/api/router.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <optional>

// What the two echo servers have in common: their flags, and an HTTP server on 127.0.0.1 that runs until a signal
// comes.

/// The flags of an echo server.
struct EchoSettings {
    std::uint16_t port = 8000;
    std::int64_t ping_interval_ms = 25'000;
    std::int64_t ping_timeout_ms = 20'000;
    std::uint64_t max_payload = learning_loop::engineio::SessionOptions().max_payload;
    std::int64_t connect_timeout_ms = 45'000;

    learning_loop::engineio::SessionOptions session_options() const;
};

/// What is served: built before the HTTP server, ended by `finish`.
struct EchoService {
    std::function<void(learning_loop::http::Router&)> add_to;
    std::function<learning_loop::Task<>()> run;
    std::function<learning_loop::Task<>()> finish;
};

/// Reads the flags, has the service made and runs it. Returns the exit status.
int run_echo(int argc, char const* const* argv, char const* name, char const* purpose,
             std::function<EchoService(boost::asio::any_io_executor, EchoSettings const&)> const& make);
