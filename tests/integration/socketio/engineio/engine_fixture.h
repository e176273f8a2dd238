#pragma once

#include "learning_loop/socketio/engineio/server.h"
#include "support/notes.h"
#include "support/raw_engineio.h"
#include "support/running_server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

namespace learning_loop::engineio {

/// An Engine.IO server below `/engine.io` that sends back what it gets, started by the first call of `port`; set its
/// options before.
struct EngineFixture : testing::Test {
    static constexpr auto path = "/engine.io";

    std::uint16_t port();

    /// What the server calls: sends messages back, unless `is_echo` is false, and notes why sessions ended.
    Application application();

    /// Sends a message to a session, so many times, as the application of a server does.
    void send(std::string const& sid, std::string const& text, int count = 1);

    std::size_t sessions();                          ///< That are open.
    bool has_sessions(std::size_t count);            ///< Waits until this many are open; returns whether.
    bool has_no_connections();                       ///< Waits until all are closed.
    void expect_healthy();                           ///< A client that keeps to the rules is served.
    test::RawResponse ask(std::string const& bytes); ///< The first answer to these bytes.

    http::ServerOptions options;
    SessionOptions session;
    std::size_t max_sessions = 20'000;
    bool is_echo = true;
    test::Notes closed; ///< Why sessions ended.
    std::atomic<int> received = 0;
    Server* engine = nullptr;                    ///< Of the io thread. The running server owns it.
    std::unique_ptr<test::RunningServer> server; // last: it uses the others
};

} // namespace learning_loop::engineio
