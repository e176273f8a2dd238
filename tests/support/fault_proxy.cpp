#include "support/fault_proxy.h"

#include "support/own_io_thread.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <set>

namespace learning_loop::test {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds tick{20};

/// What is on its way on a long link, in one direction.
struct DelayLine {
    explicit DelayLine(asio::io_context& io) : change(io, asio::steady_timer::time_point::max()) {}

    struct Piece {
        std::chrono::steady_clock::time_point due;
        std::string bytes; ///< Empty: the end.
    };
    std::deque<Piece> pieces;
    asio::steady_timer change; ///< Never expires; cancelled when a piece comes or the connection ends.
};

struct Connection {
    Connection(tcp::socket client_, asio::io_context& io, Faults faults_)
        : client(std::move(client_)), server(io), faults(faults_), up(io), down(io)
    {}

    void cut(bool resets)
    {
        boost::system::error_code ignored;
        for (auto* socket : {&client, &server}) {
            if (resets) socket->set_option(asio::socket_base::linger(true, 0), ignored);
            socket->close(ignored);
        }
        up.change.cancel();
        down.change.cancel();
    }

    tcp::socket client;
    tcp::socket server;
    Faults faults;
    DelayLine up;
    DelayLine down;
};
using ConnectionPointer = std::shared_ptr<Connection>; // shared: by both directions

} // namespace

struct FaultProxy::Parts {
    Parts(std::uint16_t target_, int receive_buffer_bytes_)
        : target(target_), receive_buffer_bytes(receive_buffer_bytes_), acceptor(thread.io)
    {
        listen();
        port = acceptor.local_endpoint().port();
        thread.start();
    }
    ~Parts() { thread.stop(); }

    void listen()
    {
        tcp::endpoint const place(asio::ip::address_v4::loopback(), port);
        acceptor.open(place.protocol());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        if (receive_buffer_bytes > 0) acceptor.set_option(asio::socket_base::receive_buffer_size(receive_buffer_bytes));
        acceptor.bind(place);
        acceptor.listen();
        asio::co_spawn(thread.io, accept(), asio::detached);
    }

    /// Runs on the proxy's thread, to its end.
    template <class Change>
    void change(Change change)
    {
        asio::post(thread.io, asio::use_future(std::move(change))).get();
    }

    asio::awaitable<void> accept()
    {
        for (;;) {
            auto [failure, client] = co_await acceptor.async_accept(as_tuple);
            if (failure == asio::error::operation_aborted || failure == asio::error::bad_descriptor) co_return;
            if (failure) continue;
            auto faults = all;
            if (!next.empty()) {
                faults = next.front();
                next.pop_front();
            }
            ++accepted;
            auto connection = std::make_shared<Connection>(std::move(client), thread.io, faults);
            living.insert(connection);
            asio::co_spawn(thread.io, serve(std::move(connection)), asio::detached);
        }
    }

    asio::awaitable<void> serve(ConnectionPointer connection)
    {
        tcp::endpoint const place(asio::ip::address_v4::loopback(), target);
        if (connection->faults.never_reads) co_return; // stays among the living
        auto const [failure] = co_await connection->server.async_connect(place, as_tuple);
        if (failure) {
            end(connection, true);
            co_return;
        }
        for (bool const is_up : {true, false}) {
            if (connection->faults.delay.count() > 0) {
                asio::co_spawn(thread.io, hold(connection, is_up), asio::detached);
                asio::co_spawn(thread.io, hand_on_late(connection, is_up), asio::detached);
            } else {
                asio::co_spawn(thread.io, pump(connection, is_up), asio::detached);
            }
        }
    }

    asio::awaitable<void> hold(ConnectionPointer connection, bool is_up)
    {
        auto& from = is_up ? connection->client : connection->server;
        auto& line = is_up ? connection->up : connection->down;
        std::string piece(65536, '\0');
        for (;;) {
            auto const [failure, got] = co_await from.async_read_some(asio::buffer(piece), as_tuple);
            if (failure && failure != asio::error::eof) break;
            auto const due = std::chrono::steady_clock::now() + connection->faults.delay;
            line.pieces.push_back({due, piece.substr(0, got)});
            line.change.cancel();
            if (failure) co_return; // the end, which comes as late as the rest
        }
        end(connection, true);
    }

    asio::awaitable<void> hand_on_late(ConnectionPointer connection, bool is_up)
    {
        auto& to = is_up ? connection->server : connection->client;
        auto& line = is_up ? connection->up : connection->down;
        asio::steady_timer timer(thread.io);
        while (to.is_open()) {
            if (line.pieces.empty()) {
                co_await line.change.async_wait(as_tuple);
                continue;
            }
            timer.expires_at(line.pieces.front().due);
            co_await timer.async_wait(as_tuple);
            auto const bytes = std::move(line.pieces.front().bytes);
            line.pieces.pop_front();
            if (bytes.empty()) break;
            auto const [broken, sent] = co_await asio::async_write(to, asio::buffer(bytes), as_tuple);
            if (broken) break;
            (is_up ? up : down) += sent;
        }
        end(connection, false);
    }

    asio::awaitable<void> pump(ConnectionPointer connection, bool is_up)
    {
        auto& from = is_up ? connection->client : connection->server;
        auto& to = is_up ? connection->server : connection->client;
        auto& count = is_up ? up : down;
        auto const& faults = connection->faults;
        auto const rate = is_up ? faults.up_bytes_a_second : faults.down_bytes_a_second;
        auto left = (is_up ? faults.cut_up_after : faults.cut_down_after).value_or(UINT64_MAX);
        std::array<char, 65536> piece{};
        asio::steady_timer timer(thread.io);
        while (left > 0) {
            auto most = std::min<std::uint64_t>(piece.size(), left);
            if (rate > 0) most = std::min(most, std::max<std::uint64_t>(rate / 50, 1));
            auto const [failure, got] = co_await from.async_read_some(asio::buffer(piece.data(), most), as_tuple);
            while (silent) {
                timer.expires_after(tick);
                co_await timer.async_wait(as_tuple);
            }
            if (failure == asio::error::eof) {
                boost::system::error_code ignored;
                to.shutdown(tcp::socket::shutdown_send, ignored);
                if (++connection_ends[connection] == 2) end(connection, false);
                co_return;
            }
            if (failure) break;
            if (!is_up && faults.drops_answers) continue;
            auto const [broken, sent] = co_await asio::async_write(to, asio::buffer(piece.data(), got), as_tuple);
            if (broken) break;
            count += sent;
            left -= sent;
            if (rate == 0) continue;
            timer.expires_after(std::chrono::microseconds(got * 1'000'000 / rate));
            co_await timer.async_wait(as_tuple);
        }
        if (left == 0) ++cut;
        end(connection, left > 0 || faults.resets);
    }

    void end(ConnectionPointer const& connection, bool resets)
    {
        connection->cut(resets);
        connection_ends.erase(connection);
        living.erase(connection);
    }

    OwnIoThread thread; // first: it dies last, after the sockets
    std::atomic<std::uint16_t> target;
    int receive_buffer_bytes;
    std::uint16_t port = 0;
    Faults all;
    std::deque<Faults> next;
    std::set<ConnectionPointer> living;
    std::map<ConnectionPointer, int> connection_ends; ///< Directions that have ended with a FIN.
    std::atomic<bool> silent = false;
    std::atomic<std::size_t> accepted = 0;
    std::atomic<std::size_t> cut = 0;
    std::atomic<std::uint64_t> up = 0;
    std::atomic<std::uint64_t> down = 0;
    tcp::acceptor acceptor;
};

FaultProxy::FaultProxy(std::uint16_t target, int receive_buffer_bytes)
    : parts_(std::make_unique<Parts>(target, receive_buffer_bytes))
{}

void FaultProxy::retarget(std::uint16_t target)
{
    parts_->target = target;
}

FaultProxy::~FaultProxy() = default;

std::uint16_t FaultProxy::port() const
{
    return parts_->port;
}

void FaultProxy::spoil(Faults faults)
{
    parts_->change([this, faults] { parts_->all = faults; });
}

void FaultProxy::spoil_next(Faults faults)
{
    parts_->change([this, faults] { parts_->next.push_back(faults); });
}

void FaultProxy::silence(bool is_silent)
{
    parts_->silent = is_silent;
}

void FaultProxy::cut_all(bool resets)
{
    parts_->change([this, resets] {
        auto const all = parts_->living;
        for (auto const& connection : all) parts_->end(connection, resets);
    });
}

void FaultProxy::refuse()
{
    parts_->change([this] { parts_->acceptor.close(); });
}

void FaultProxy::accept_again()
{
    parts_->change([this] { parts_->listen(); });
}

std::size_t FaultProxy::connections() const
{
    return parts_->accepted;
}

std::size_t FaultProxy::open() const
{
    std::size_t count = 0;
    parts_->change([this, &count] { count = parts_->living.size(); });
    return count;
}

std::size_t FaultProxy::cuts() const
{
    return parts_->cut;
}

std::uint64_t FaultProxy::bytes_up() const
{
    return parts_->up;
}

std::uint64_t FaultProxy::bytes_down() const
{
    return parts_->down;
}

} // namespace learning_loop::test
