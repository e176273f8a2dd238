#include "support/raw_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace learning_loop::test {
namespace {

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int new_socket()
{
    int const socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) throw std::runtime_error("no socket to be had");
    timeval const patience{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int const at_once = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
    return socket;
}

/// Binds to a free port and tells it.
std::uint16_t bound(int socket)
{
    auto address = loopback(0);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket, any, length) != 0 || ::getsockname(socket, any, &length) != 0)
        throw std::runtime_error("no port to be had");
    return ntohs(address.sin_port);
}

/// The value of Content-Length, 0 without one.
std::size_t body_length(std::string const& head)
{
    auto const at = head.find("\r\nContent-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
}

} // namespace

RawConnection::RawConnection(std::uint16_t port, int receive_buffer_bytes) : socket_(new_socket())
{
    if (receive_buffer_bytes > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    auto const address = loopback(port);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
}

RawConnection::~RawConnection()
{
    ::close(socket_);
}

bool RawConnection::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool RawConnection::more()
{
    std::array<char, 65536> piece{};
    auto const got = ::recv(socket_, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    received_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

RawResponse RawConnection::response(bool head_only)
{
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) return {};
    }
    RawResponse response;
    response.head = received_.substr(0, end + 4);
    response.status = std::stoi(response.head.substr(9, 3));
    auto const whole = end + 4 + (head_only ? 0 : body_length(response.head));
    while (received_.size() < whole && more()) {
    }
    response.body = received_.substr(end + 4, whole - end - 4);
    received_.erase(0, whole);
    return response;
}

std::optional<std::string> RawConnection::take(std::size_t bytes)
{
    while (received_.size() < bytes) {
        if (!more()) return std::nullopt;
    }
    auto taken = received_.substr(0, bytes);
    received_.erase(0, bytes);
    return taken;
}

bool RawConnection::has_bytes() const
{
    char byte = 0;
    return !received_.empty() || ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

bool RawConnection::closed()
{
    if (!received_.empty()) return false;
    char byte = 0;
    auto const got = ::recv(socket_, &byte, 1, 0);
    return got == 0 || (got < 0 && errno == ECONNRESET);
}

std::size_t RawConnection::read_some(std::size_t max_bytes)
{
    std::string piece(max_bytes, '\0');
    auto const got = ::recv(socket_, piece.data(), piece.size(), 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
}

ClosedPort::ClosedPort() : socket_(new_socket()), number_(bound(socket_)) {}

ClosedPort::~ClosedPort()
{
    ::close(socket_);
}

CannedServer::CannedServer(std::string answer) : socket_(new_socket()), number_(bound(socket_))
{
    if (::listen(socket_, 1) != 0) throw std::runtime_error("cannot listen");
    thread_ = std::jthread([this, answer = std::move(answer)] {
        int const client = ::accept(socket_, nullptr, nullptr);
        std::array<char, 4096> asked{};
        if (client < 0) return;
        if (::recv(client, asked.data(), asked.size(), 0) > 0)
            ::send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::close(client);
    });
}

CannedServer::~CannedServer()
{
    thread_.join();
    ::close(socket_);
}

} // namespace learning_loop::test
