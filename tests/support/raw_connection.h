#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace learning_loop::test {

struct RawResponse {
    int status = 0; ///< 0: none came.
    std::string head;
    std::string body;
};

/// For a client that reads slowly or not at all: what the server sends soon has nowhere to go.
constexpr int small_receive_buffer = 4096;

/// A client that sends exactly the bytes it is told to. Waits at most 10 s for an answer.
class RawConnection {
public:
    explicit RawConnection(std::uint16_t port, int receive_buffer_bytes = 0); ///< 0: as the system has it.
    RawConnection(RawConnection const&) = delete;
    RawConnection& operator=(RawConnection const&) = delete;
    ~RawConnection();

    bool connected() const { return connected_; }
    bool send(std::string_view bytes); ///< False when the server has closed.
    RawResponse response(bool head_only = false);
    std::optional<std::string> take(std::size_t bytes); ///< So many bytes; nothing when the server closes before.
    bool has_bytes() const;                             ///< Whether there is more to take by now.
    bool closed();                                ///< Waits for the next byte: there is none, the server has closed.
    std::size_t read_some(std::size_t max_bytes); ///< How many came and were thrown away; 0: the server has closed.

private:
    bool more();

    int socket_;
    bool connected_;
    std::string received_;
};

/// A port of this machine that nobody listens on, and nobody gets meanwhile.
class ClosedPort {
public:
    ClosedPort();
    ClosedPort(ClosedPort const&) = delete;
    ClosedPort& operator=(ClosedPort const&) = delete;
    ~ClosedPort();
    std::uint16_t number() const { return number_; }

private:
    int socket_;
    std::uint16_t number_ = 0;
};

/// Answers the first connection with the given bytes, whatever it is asked, and closes.
class CannedServer {
public:
    explicit CannedServer(std::string answer);
    CannedServer(CannedServer const&) = delete;
    CannedServer& operator=(CannedServer const&) = delete;
    ~CannedServer();
    std::string url() const { return "http://127.0.0.1:" + std::to_string(number_); }

private:
    int socket_;
    std::uint16_t number_ = 0;
    std::jthread thread_;
};

} // namespace learning_loop::test
