#include "learning_loop/http/server/wire.h"

#include "learning_loop/async/running_task.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/socket.h>

#include <string>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t max_buffered_bytes = 64 * 1024;
constexpr std::chrono::seconds lingering_time{2};

std::string_view name_of(Wire::Phase phase)
{
    switch (phase) {
    case Wire::Phase::handshake: return "the client's TLS handshake";
    case Wire::Phase::idle: return "a request";
    case Wire::Phase::head: return "the rest of a head";
    case Wire::Phase::body: return "the rest of a body";
    case Wire::Phase::handler: return "its handler";
    case Wire::Phase::answer: return "the client to take an answer";
    case Wire::Phase::lingering: return "the client to see an answer";
    case Wire::Phase::given_away: return "a message";
    }
    return "";
}

} // namespace

/// Notes that the client is waited for: only then a deadline counts.
class Wire::Waiting {
public:
    explicit Waiting(Wire& wire) : wire_(wire)
    {
        wire_.waits_ = true;
        wire_.last_move_ = Clock::now();
    }
    Waiting(Waiting const&) = delete;
    Waiting& operator=(Waiting const&) = delete;
    ~Waiting() { wire_.waits_ = false; }

private:
    Wire& wire_;
};

Wire::Wire(Stream stream, Deadlines const& deadlines)
    : stream_(std::move(stream)), deadlines_(deadlines), buffer_(max_buffered_bytes), since_(Clock::now())
{
    boost::system::error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Wire::enter(Phase phase)
{
    phase_ = phase;
    since_ = Clock::now();
    last_move_ = since_;
    moved_bytes_ = 0;
    about_to_wait_for(name_of(phase));
}

bool Wire::is_late(Clock::time_point now) const
{
    auto const time = now - since_;
    switch (phase_) {
    case Phase::handshake:
    case Phase::head: return time > deadlines_.header;
    case Phase::idle: return time > deadlines_.idle;
    case Phase::handler: // it has deadlines of its own
    case Phase::given_away: return false;
    case Phase::lingering: return time > lingering_time;
    case Phase::body:
    case Phase::answer: break;
    }
    auto const min_bytes = deadlines_.min_bytes_per_second * static_cast<std::size_t>(time / std::chrono::seconds(1));
    // Over TLS bytes show only when a record of up to 16 KiB is whole, which takes a slow link longer.
    auto const stall = stream_.tls() ? 4 * deadlines_.stall : deadlines_.stall;
    return now - last_move_ > stall || (time > deadlines_.stall && moved_bytes_ < min_bytes);
}

void Wire::check(Clock::time_point now)
{
    if (!waits_ || !is_late(now)) return;
    late_ = true;
    boost::system::error_code ignored;
    stream_.socket().cancel(ignored);
}

Stream Wire::give_away()
{
    enter(Phase::given_away);
    return std::move(stream_);
}

void Wire::close()
{
    if (phase_ == Phase::given_away) return;
    boost::system::error_code ignored;
    stream_.socket().close(ignored);
}

Task<> Wire::shake_hands()
{
    if (!stream_.tls()) co_return;
    enter(Phase::handshake);
    Waiting const waiting(*this);
    co_await stream_.tls()->async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
}

void Wire::count_moved(std::size_t bytes)
{
    moved_bytes_ += bytes;
    last_move_ = Clock::now();
}

Task<std::size_t> Wire::read_some(asio::mutable_buffer into)
{
    Waiting const waiting(*this);
    auto const bytes = co_await stream_.async_read_some(asio::mutable_buffers_1(into), asio::use_awaitable);
    count_moved(bytes);
    co_return bytes;
}

Task<> Wire::write(std::string_view first, std::string_view second)
{
    late_ = false; // what is written may be the 408 for being late
    Waiting const waiting(*this);
    while (!first.empty() || !second.empty()) {
        std::array<asio::const_buffer, 2> const pieces{asio::buffer(first), asio::buffer(second)};
        auto const bytes = co_await stream_.async_write_some(pieces, asio::use_awaitable);
        count_moved(bytes);
        auto const of_first = std::min(bytes, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(bytes - of_first);
    }
}

std::size_t Wire::write_at_once(std::string_view bytes)
{
    if (stream_.tls()) return 0;
    auto const socket = stream_.socket().native_handle();
    auto const sent = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent <= 0) return 0; // the next write will throw if something is wrong
    count_moved(static_cast<std::size_t>(sent));
    return static_cast<std::size_t>(sent);
}

Task<> Wire::linger(bool client_sends)
{
    constexpr std::size_t max_bytes = 256u << 20;
    static thread_local std::array<char, max_buffered_bytes> dropped; // shared by all connections: nobody reads it
    if (!client_sends && !stream_.tls()) co_return;
    enter(Phase::lingering);
    Waiting const waiting(*this);
    if (stream_.tls()) {
        co_await stream_.tls()->async_shutdown(asio::as_tuple(asio::use_awaitable));
        if (late_ || !client_sends) co_return;
    }
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    for (std::size_t total = 0; total < max_bytes;) {
        auto const [end, bytes] =
            co_await stream_.socket().async_read_some(asio::buffer(dropped), asio::as_tuple(asio::use_awaitable));
        if (end) co_return;
        total += bytes;
    }
}

} // namespace learning_loop::http
