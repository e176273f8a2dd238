#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::test {

/// What a FaultProxy does to a connection. Up is from the client to the server.
struct Faults {
    std::optional<std::uint64_t> cut_up_after; ///< The connection is cut once so many bytes have been handed on.
    std::optional<std::uint64_t> cut_down_after;
    bool resets = true;                  ///< A cut is an RST; else a FIN.
    bool never_reads = false;            ///< Accepts, and that is all.
    bool drops_answers = false;          ///< The server is heard, and nothing of it is handed on.
    std::uint64_t up_bytes_a_second = 0; ///< 0: as fast as it goes.
    std::uint64_t down_bytes_a_second = 0;
    std::chrono::milliseconds delay{0}; ///< Of all that goes through, in either direction: a long link. Cuts nothing.
};

/// A TCP proxy on this machine that spoils what goes through it. Real sockets, a thread of its own; all of it may be
/// called from any thread.
class FaultProxy {
public:
    /// Hands on to this port of 127.0.0.1. `receive_buffer_bytes`: about what the system takes from a client before it
    /// is handed on, so that a slow link is felt at the other end; 0: as much as it likes.
    explicit FaultProxy(std::uint16_t target, int receive_buffer_bytes = 0);
    ~FaultProxy();
    FaultProxy(FaultProxy const&) = delete;
    FaultProxy& operator=(FaultProxy const&) = delete;

    std::uint16_t port() const;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

    void retarget(std::uint16_t target); ///< Connections from now on go there.
    void spoil(Faults faults);           ///< Every connection that is accepted from now on.
    void spoil_next(Faults faults);      ///< Only the next one; may be said several times for several.
    void silence(bool is_silent); ///< A black hole: all connections stay, and nothing goes through in either way.
    void cut_all(bool resets = true);
    void refuse();       ///< New connections, as if nobody listened. Those there are stay.
    void accept_again(); ///< At the same port.

    std::size_t connections() const; ///< That were ever accepted.
    std::size_t open() const;        ///< Of these, still there.
    std::size_t cuts() const;        ///< Connections that were cut because of their faults.
    std::uint64_t bytes_up() const;  ///< Handed on to the server so far.
    std::uint64_t bytes_down() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop::test
