#include "support/tls_peer.h"

#include "support/own_io_thread.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <mutex>

namespace learning_loop::test {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

} // namespace

struct TlsPeer::Parts {
    Parts(TestCertificate const& certificate, int newest_version)
        : acceptor(thread.io, {asio::ip::address_v4::loopback(), 0})
    {
        SSL_CTX_set_security_level(context.native_handle(), 0); // weak certificates and old versions, too
        SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context.native_handle(), newest_version);
        context.use_certificate(asio::buffer(certificate.certificate), ssl::context::pem);
        context.use_private_key(asio::buffer(certificate.key), ssl::context::pem);
        asio::co_spawn(thread.io, accept(), asio::detached);
        thread.start();
    }
    ~Parts() { thread.stop(); }

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [failure, socket] = co_await acceptor.async_accept(as_tuple);
            if (!failure) asio::co_spawn(thread.io, serve(std::move(socket)), asio::detached);
        }
    }

    asio::awaitable<void> serve(tcp::socket socket)
    {
        ssl::stream<tcp::socket> stream(std::move(socket), context);
        auto const [refused] = co_await stream.async_handshake(ssl::stream_base::server, as_tuple);
        if (refused) co_return;
        std::array<char, 4096> piece{};
        std::string request;
        for (;;) {
            auto const [failure, got] = co_await stream.async_read_some(asio::buffer(piece), as_tuple);
            if (failure) co_return;
            request.append(piece.data(), got);
            {
                std::lock_guard const lock(guard);
                received.append(piece.data(), got);
            }
            if (request.find("\r\n\r\n") == std::string::npos) continue;
            request.clear();
            std::string const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
            co_await asio::async_write(stream, asio::buffer(answer), as_tuple);
        }
    }

    mutable std::mutex guard;
    std::string received;
    ssl::context context{ssl::context::tls_server};
    OwnIoThread thread;
    tcp::acceptor acceptor;
};

TlsPeer::TlsPeer(TestCertificate const& certificate, int newest_version)
    : parts_(std::make_unique<Parts>(certificate, newest_version))
{}

TlsPeer::~TlsPeer() = default;

std::uint16_t TlsPeer::port() const
{
    return parts_->acceptor.local_endpoint().port();
}

std::string TlsPeer::received() const
{
    std::lock_guard const lock(parts_->guard);
    return parts_->received;
}

} // namespace learning_loop::test
