#pragma once

#include "learning_loop/http/server/parts.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/socketio/engineio/server_session.h"

#include <cstdint>
#include <functional>
#include <memory>

// What the two echo servers have in common: their flags, and that they are reached on 127.0.0.1.

/// The flags of an echo server.
struct EchoSettings {
    std::uint16_t port = 8000;
    std::int64_t ping_interval_ms = 25'000;
    std::int64_t ping_timeout_ms = 20'000;
    std::uint64_t max_payload = learning_loop::engineio::SessionOptions().max_payload;
    std::int64_t connect_timeout_ms = 45'000;

    learning_loop::engineio::SessionOptions session_options() const;
};

using BuildEcho =
    std::function<std::unique_ptr<learning_loop::Parts>(learning_loop::Runner& runner, EchoSettings const& settings)>;

/// Reads the flags, then builds the server and runs it until a signal comes. Returns the exit status.
int run_echo(int argc, char const* const* argv, char const* name, char const* purpose, BuildEcho const& build);
