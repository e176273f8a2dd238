#include "learning_loop/net/http/connection.h"

#include "learning_loop/base/log.h"
#include "learning_loop/net/http/url.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <ctime>
#include <fstream>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace {

constexpr std::size_t most_header_bytes = 16 * 1024;
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);

std::string_view view(beast::string_view text)
{
    return {text.data(), text.size()};
}

/// `name:port`, `[::1]:port` or either without port, to the name.
std::string_view host_name(std::string_view host)
{
    auto const bracket = host.find(']');
    return host.substr(0, bracket == std::string_view::npos ? host.find(':') : bracket + 1);
}

std::string_view reason(int status)
{
    return view(beast::http::obsolete_reason(static_cast<beast::http::status>(status)));
}

struct OpenFile {
    std::shared_ptr<std::ifstream> stream;
    std::uintmax_t bytes;
};

std::string date_now()
{
    std::time_t const now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[40];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string head_of(Response const& response, std::uintmax_t body_bytes, bool keep_alive)
{
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
    head.append(reason(response.status)).append("\r\nDate: ").append(date_now());
    if (!response.content_type.empty()) head.append("\r\nContent-Type: ").append(response.content_type);
    if (response.status != 304) head.append("\r\nContent-Length: ").append(std::to_string(body_bytes));
    head.append("\r\nX-Content-Type-Options: nosniff\r\nConnection: ").append(keep_alive ? "keep-alive" : "close");
    for (auto const& [name, value] : response.headers.all())
        head.append("\r\n").append(name).append(": ").append(value);
    return head.append("\r\n\r\n");
}

} // namespace

Connection::Connection(Server& server, asio::ip::tcp::socket socket)
    : server_(server),
      place_(server.connections_.insert(server.connections_.end(), this)),
      stream_(std::move(socket)),
      buffer_(most_header_bytes + piece_bytes)
{
    boost::system::error_code ignored;
    stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection()
{
    server_.connections_.erase(place_);
    server_.body_bytes_in_flight_ -= reserved_bytes_;
}

Task<> Connection::run(std::unique_ptr<Connection> connection)
{
    try {
        while (co_await connection->serve_one() == After::next_request) {
        }
    } catch (boost::system::system_error const& failure) {
        // The client went away or stalled: its affair, not ours.
        log::debug("a connection ended: {}", failure.what());
    }
}

void Connection::close_if_idle()
{
    if (idle_) stream_.close();
}

Task<Connection::After> Connection::serve_one()
{
    Head head;
    auto answer = co_await read_head(head);
    if (!answer && !head.is_header_done()) co_return After::close;
    bool const client_stays = head.is_header_done() && head.keep_alive();
    bool const without_body = head.is_header_done() && !head.chunked() && head.content_length().value_or(0) == 0;

    Request request;
    Router::Match match;
    if (!answer) answer = refusal(head);
    if (!answer) {
        auto const target = view(head.get().target());
        auto const question = std::min(target.find('?'), target.size());
        request.method = view(head.get().method_string());
        match = server_.router_.match(request.method, target.substr(0, question));
        request.path = percent_decoded(target.substr(0, question)).value_or("/");
        auto query = decoded_pairs(target.substr(std::min(question + 1, target.size())));
        if (!match.handler) answer = std::move(match.refusal);
        else if (!query) answer = error_response(400, "the query has a broken %-escape or more than 1000 values");
        else request.query = std::move(*query);
        request.places = std::move(match.places);
        for (auto const& field : head.get()) {
            request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
        }
    }
    if (!answer) answer = co_await read_body(head, match.limits.body_bytes, request.body);
    bool const body_was_read = !answer;
    bool const head_only = request.method == "HEAD";
    if (!answer) answer = co_await Router::answer_to(*match.handler, std::move(request));
    server_.body_bytes_in_flight_ -= std::exchange(reserved_bytes_, 0);

    bool const all_was_read = body_was_read || without_body;
    bool const keep_alive = client_stays && all_was_read && !server_.finishing_;
    co_await write(*answer, head_only, keep_alive);
    if (!keep_alive && !all_was_read) co_await linger();
    co_return keep_alive ? After::next_request : After::close;
}

/// Nothing when a whole head is there, or when the client left before it sent one.
Task<std::optional<Response>> Connection::read_head(Head& head)
{
    head.header_limit(most_header_bytes);
    head.body_limit(boost::none); // each route has its own
    idle_ = buffer_.size() == 0;
    if (idle_) {
        if (server_.finishing_) co_return std::nullopt;
        stream_.expires_after(server_.settings_.idle_deadline);
        auto const [failure, bytes] = co_await stream_.async_read_some(buffer_.prepare(16 * 1024), as_tuple);
        idle_ = false;
        if (failure) co_return std::nullopt;
        buffer_.commit(bytes);
    }
    stream_.expires_after(server_.settings_.header_deadline);
    auto const [failure, bytes] = co_await beast::http::async_read_header(stream_, buffer_, head, as_tuple);
    if (!failure) co_return std::nullopt;
    if (failure == beast::http::error::header_limit || failure == beast::http::error::buffer_overflow) {
        co_return error_response(431, "the request line and headers are longer than 16 KiB");
    }
    bool const left = failure == beast::http::error::end_of_stream || failure == beast::http::error::partial_message;
    auto const& of_protocol = beast::http::make_error_code(beast::http::error::bad_method).category();
    if (left || failure.category() != of_protocol) throw boost::system::system_error(failure);
    co_return error_response(400, "this is not HTTP/1.1: " + failure.message());
}

std::optional<Response> Connection::refusal(Head const& head) const
{
    auto const& message = head.get();
    auto const host = view(message[beast::http::field::host]);
    if (message.count(beast::http::field::host) > 1 || (host.empty() && message.version() == 11)) {
        return error_response(400, "the header Host must be there once");
    }
    // A web page may send its visitor's browser here, under a name of its own that it let point to 127.0.0.1.
    if (!host.empty() && is_loopback(server_.settings_.host) && !is_loopback(host_name(host))) {
        return error_response(403, "the Host " + printable(host) +
                                       " is not this machine: this server answers for localhost only");
    }
    auto const origin = view(message[beast::http::field::origin]);
    auto const slashes = origin.find("://");
    if (!origin.empty() && (slashes == std::string_view::npos || !same_name(origin.substr(slashes + 3), host))) {
        return error_response(403,
                              "the Origin " + printable(origin) + " is foreign: only pages of this server may call it");
    }
    return std::nullopt;
}

Task<std::optional<Response>> Connection::read_body(Head& head, std::size_t most_bytes, std::string& body)
{
    auto const length = head.content_length().value_or(0);
    if (!head.chunked() && length == 0) co_return std::nullopt;
    auto const too_long = [&] {
        return error_response(413, "the body is longer than " + std::to_string(most_bytes) +
                                       " bytes, the most that this route takes: send less in one request");
    };
    if (length > most_bytes) co_return too_long();
    auto const wanted = head.chunked() ? most_bytes : static_cast<std::size_t>(length);
    if (server_.body_bytes_in_flight_ + wanted > server_.settings_.most_body_bytes_in_flight) {
        co_return error_response({Errc::unavailable, "too many large requests at once: try again"});
    }
    reserved_bytes_ = wanted;
    server_.body_bytes_in_flight_ += wanted;

    if (view(head.get()[beast::http::field::expect]).starts_with("100")) {
        std::string_view const go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await asio::async_write(stream_, asio::buffer(go_on), asio::use_awaitable);
    }
    if (head.chunked()) {
        auto refused = co_await read_chunked_body(head, most_bytes, body);
        if (refused) co_return too_long();
        co_return std::nullopt;
    }
    body.resize(wanted);
    auto read = asio::buffer_copy(asio::buffer(body), buffer_.data());
    buffer_.consume(read);
    while (read < wanted) {
        stream_.expires_after(server_.settings_.stall_deadline);
        read += co_await stream_.async_read_some(asio::buffer(body.data() + read, wanted - read), asio::use_awaitable);
    }
    co_return std::nullopt;
}

Task<std::optional<Response>> Connection::read_chunked_body(Head& head, std::size_t most_bytes, std::string& body)
{
    beast::http::request_parser<beast::http::string_body> whole(std::move(head));
    whole.body_limit(most_bytes);
    boost::system::error_code failure;
    while (!failure && !whole.is_done()) {
        stream_.expires_after(server_.settings_.stall_deadline);
        std::tie(failure, std::ignore) = co_await beast::http::async_read_some(stream_, buffer_, whole, as_tuple);
    }
    if (failure == beast::http::error::body_limit) co_return error_response(413, "");
    if (failure) throw boost::system::system_error(failure);
    body = std::move(whole.get().body());
    co_return std::nullopt;
}

Task<> Connection::write(Response const& response, bool head_only, bool keep_alive)
{
    if (auto const* file = std::get_if<FileBody>(&response.body))
        co_return co_await write_file(response, *file, head_only, keep_alive);
    auto const& body = std::get<std::string>(response.body);
    auto message = head_of(response, body.size(), keep_alive);
    if (!head_only && body.size() <= piece_bytes) message += body; // one packet where it fits
    co_await write_all(message);
    if (!head_only && body.size() > piece_bytes) co_await write_all(body);
}

Task<> Connection::write_file(Response const& response, FileBody const& body, bool head_only, bool keep_alive)
{
    auto open = [path = body.file]() -> Result<OpenFile> {
        std::error_code missing;
        auto const bytes = std::filesystem::file_size(path, missing);
        auto stream = std::make_shared<std::ifstream>(
            path, std::ios::binary); // shared: with the jobs that read it, one after another
        if (missing || !*stream) return Error{Errc::not_found, "the file is gone"};
        return OpenFile{std::move(stream), bytes};
    };
    auto const file = co_await server_.files_.run(std::move(open));
    if (!file) co_return co_await write(error_response(file.error()), head_only, keep_alive);
    co_await write_all(head_of(response, file->bytes, keep_alive));
    if (head_only) co_return;
    for (auto left = file->bytes; left > 0;) {
        auto read = [stream = file->stream,
                     wanted = std::min<std::uintmax_t>(left, piece_bytes)]() -> Result<std::string> {
            std::string piece(wanted, '\0');
            if (!stream->read(piece.data(), static_cast<std::streamsize>(wanted)))
                throw std::runtime_error("a file became shorter");
            return piece;
        };
        auto const piece = co_await server_.files_.run(std::move(read));
        co_await write_all(piece.value());
        left -= piece->size();
    }
}

Task<> Connection::write_all(std::string_view bytes)
{
    while (!bytes.empty()) {
        stream_.expires_after(
            server_.settings_.stall_deadline); // for each piece: a slow client is fine, a dead one is not
        auto const piece = bytes.substr(0, piece_bytes);
        co_await asio::async_write(stream_, asio::buffer(piece), asio::use_awaitable);
        bytes.remove_prefix(piece.size());
    }
}

/// The client may still be sending what we refused. Closing at once would reset the connection, and it would never see
/// why.
Task<> Connection::linger()
{
    constexpr std::size_t most_bytes = 256u << 20;
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(std::chrono::seconds(2));
    std::string dropped(piece_bytes, '\0');
    for (std::size_t total = 0; total < most_bytes;) {
        auto const [end, bytes] = co_await stream_.async_read_some(asio::buffer(dropped), as_tuple);
        if (end) co_return;
        total += bytes;
    }
}

} // namespace learning_loop::http
