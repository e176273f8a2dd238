#pragma once

#include "learning_loop/socketio/server.h"
#include "support/notes.h"
#include "support/raw_engineio.h"
#include "support/running_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace learning_loop::socketio {

/// A Socket.IO server below `/socket.io`, started by the first call of `port`; set its options, and what it does more
/// than this, before. In `/` and `/other`: `echo` acks its arguments, `add` two numbers, `fail` fails, `throw` throws,
/// `wait` waits until it is cancelled, `linger` acks 7 after a moment.
struct SocketIoFixture : testing::Test {
    std::uint16_t port();

    /// A client that is connected to `/`.
    std::unique_ptr<test::RawSocketIo> client(int receive_buffer_bytes = 0);

    /// Sends these to a new client's server and expects that it ends the connection with that code, that nothing of
    /// it stays, and that others are served.
    void expect_ended(std::vector<std::string> const& packets, std::uint16_t code = 1002);

    /// A packet; as bytes, an attachment, when it begins with `bytes:`.
    static void send(test::RawSocketIo& client, std::string const& packet);
    static void wait_until_read(test::RawSocketIo& client); ///< Until the server has read all that was sent.
    static void expect_served(test::RawSocketIo& client);
    void expect_healthy(); ///< A client that keeps to the rules is served.
    bool has_connections(std::size_t count);
    bool has_no_sockets(); ///< Waits until all are closed, also below Socket.IO.

    /// What `work` returns on the io thread.
    template <class T>
    T on_io(Task<T> work)
    {
        return boost::asio::co_spawn(server->executor(), std::move(work), boost::asio::use_future).get();
    }

    std::size_t staying = 0; ///< Clients that a test keeps beside those of `expect_ended`.
    http::ServerOptions options;
    ServerOptions socketio_options;
    std::chrono::milliseconds grace{0};          ///< For handlers when the server ends.
    http::Doorkeeper* guard = nullptr;           ///< Of the server; null: everybody may connect.
    std::function<void(Server&)> more;           ///< Adds to the server before it runs.
    test::Notes notes;                           ///< `connected <nsp>`, `disconnected <nsp>`, `cancelled`.
    PeerPtr last_peer;                           ///< That connected, for the io thread.
    Server* io = nullptr;                        ///< Of the io thread. The running server owns it.
    std::unique_ptr<test::RunningServer> server; // last: it uses the others

private:
    Task<Result<Arguments>> echo(Arguments arguments);
    Task<Result<int>> add(int a, int b);
    Task<Result<void>> fail();
    Task<Result<void>> throw_something();
    Task<Result<void>> wait();
    Task<Result<int>> linger();
    void declare(std::string const& nsp);
};

} // namespace learning_loop::socketio
