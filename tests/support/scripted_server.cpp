#include "support/scripted_server.h"

#include "support/own_io_thread.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <mutex>

namespace learning_loop::test {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::size_t length_of(std::string const& head)
{
    constexpr std::string_view name = "\r\nContent-Length: ";
    auto const at = head.find(name);
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + name.size()));
}

} // namespace

std::string http_answer(int status, std::string const& body, std::string const& headers)
{
    return "HTTP/1.1 " + std::to_string(status) + " Name\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct ScriptedServer::Parts {
    explicit Parts(std::vector<Act> acts_)
        : acts(std::move(acts_)), acceptor(thread.io, {asio::ip::address_v4::loopback(), 0})
    {
        asio::co_spawn(thread.io, accept(), asio::detached);
        thread.start();
    }
    ~Parts() { thread.stop(); }

    Act next_act()
    {
        std::lock_guard const lock(guard);
        auto const index = std::min(acts_begun++, acts.size() - 1);
        return acts[index];
    }

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [failure, socket] = co_await acceptor.async_accept(as_tuple);
            if (failure) continue;
            {
                std::lock_guard const lock(guard);
                ++connections;
            }
            asio::co_spawn(thread.io, serve(std::move(socket)), asio::detached);
        }
    }

    asio::awaitable<void> serve(tcp::socket socket)
    {
        std::string pending;
        for (;;) {
            if (reads_next()) {
                bool const came = co_await read_request(socket, pending);
                if (!came) co_return;
            } else { // the connection has to do for a request
                note("");
            }
            auto const act = next_act();
            bool const said = co_await say(socket, act);
            if (!said) co_return;
            if (act.then == Act::Then::listens) continue;
            if (act.then == Act::Then::resets) socket.set_option(asio::socket_base::linger(true, 0));
            if (act.then == Act::Then::hangs) co_await hang(socket, act.reads);
            co_return;
        }
    }

    bool reads_next()
    {
        std::lock_guard const lock(guard);
        return acts[std::min(acts_begun, acts.size() - 1)].reads;
    }

    void note(std::string request)
    {
        std::lock_guard const lock(guard);
        requests.push_back(std::move(request));
        times.push_back(std::chrono::steady_clock::now());
    }

    asio::awaitable<bool> read_request(tcp::socket& socket, std::string& pending)
    {
        std::array<char, 65536> piece{};
        std::size_t whole = std::string::npos;
        while (pending.size() < whole) {
            auto const [failure, got] = co_await socket.async_read_some(asio::buffer(piece), as_tuple);
            if (failure) co_return false;
            pending.append(piece.data(), got);
            auto const end = pending.find("\r\n\r\n");
            if (end == std::string::npos || whole != std::string::npos) continue;
            auto const head = pending.substr(0, end + 4);
            whole = end + 4 + length_of(head);
            if (head.find("100-continue") == std::string::npos) continue;
            co_await asio::async_write(socket, asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n")),
                                       as_tuple);
        }
        note(pending.substr(0, whole));
        pending.erase(0, whole);
        co_return true;
    }

    asio::awaitable<bool> say(tcp::socket& socket, Act act)
    {
        asio::steady_timer timer(thread.io);
        std::string const padding(65536, 'x');
        auto const piece = act.bytes_a_second == 0 ? padding.size() : std::max<std::size_t>(act.bytes_a_second / 10, 1);
        auto const pause = std::chrono::milliseconds(
            act.bytes_a_second >= 10 ? 100 : 1000 / std::max<std::size_t>(act.bytes_a_second, 1));
        std::string_view left = act.says;
        while (!left.empty() || act.padding > 0) {
            auto next = left.empty() ? std::string_view(padding).substr(0, act.padding) : left;
            next = next.substr(0, piece);
            auto const [failure, sent] = co_await asio::async_write(socket, asio::buffer(next), as_tuple);
            if (failure) co_return false;
            if (left.empty()) act.padding -= sent;
            else left.remove_prefix(sent);
            {
                std::lock_guard const lock(guard);
                bytes_said += sent;
            }
            if (act.bytes_a_second == 0) continue;
            timer.expires_after(pause);
            co_await timer.async_wait(as_tuple);
        }
        co_return true;
    }

    /// Until the client gives up, or, when nothing is read, for good.
    asio::awaitable<void> hang(tcp::socket& socket, bool reads)
    {
        std::array<char, 65536> piece{};
        while (reads) {
            auto const [failure, got] = co_await socket.async_read_some(asio::buffer(piece), as_tuple);
            if (failure) co_return;
        }
        asio::steady_timer never(thread.io, asio::steady_timer::time_point::max());
        co_await never.async_wait(as_tuple);
    }

    mutable std::mutex guard;
    std::vector<Act> acts;
    std::size_t acts_begun = 0;
    std::size_t connections = 0;
    std::vector<std::string> requests;
    std::vector<std::chrono::steady_clock::time_point> times;
    std::uint64_t bytes_said = 0;
    OwnIoThread thread;
    tcp::acceptor acceptor;
};

ScriptedServer::ScriptedServer(std::vector<Act> acts) : parts_(std::make_unique<Parts>(std::move(acts))) {}

ScriptedServer::~ScriptedServer() = default;

std::uint16_t ScriptedServer::port() const
{
    return parts_->acceptor.local_endpoint().port();
}

std::size_t ScriptedServer::connections() const
{
    std::lock_guard const lock(parts_->guard);
    return parts_->connections;
}

std::vector<std::string> ScriptedServer::requests() const
{
    std::lock_guard const lock(parts_->guard);
    return parts_->requests;
}

std::vector<std::chrono::steady_clock::time_point> ScriptedServer::times() const
{
    std::lock_guard const lock(parts_->guard);
    return parts_->times;
}

std::uint64_t ScriptedServer::bytes_said() const
{
    std::lock_guard const lock(parts_->guard);
    return parts_->bytes_said;
}

} // namespace learning_loop::test
