#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace learning_loop::test {

/// How a ScriptedServer treats one request.
struct Act {
    enum class Then {
        listens, ///< On the same connection, to the next request.
        hangs,   ///< Keeps the connection, reads and never says anything more.
        closes,  ///< With FIN.
        resets   ///< With RST.
    };

    std::string says; ///< Exactly these bytes.
    Then then = Then::listens;
    std::uint64_t padding = 0;        ///< Bytes `x` that it sends after that.
    std::uint64_t bytes_a_second = 0; ///< 0: all at once.
    bool reads = true;                ///< False: it never reads a byte, not even the request.
};

/// `HTTP/1.1 <status> <name>` with this body and its length; `headers` as `Name: value\r\n`.
std::string http_answer(int status, std::string const& body, std::string const& headers = "");

/// A server that says what it is told to, whatever it is asked, and notes what that was.
class ScriptedServer {
public:
    /// One for each request that comes, over all connections; the last one for all that come later.
    explicit ScriptedServer(std::vector<Act> acts);
    ~ScriptedServer();
    ScriptedServer(ScriptedServer const&) = delete;
    ScriptedServer& operator=(ScriptedServer const&) = delete;

    std::uint16_t port() const;
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
    std::size_t connections() const;                                  ///< That were ever made.
    std::vector<std::string> requests() const;                        ///< Head and body of each.
    std::vector<std::chrono::steady_clock::time_point> times() const; ///< When they came.
    std::uint64_t bytes_said() const;                                 ///< As far as clients took them.

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop::test
