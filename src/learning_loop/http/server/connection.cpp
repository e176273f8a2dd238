#include "learning_loop/http/server/connection.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/url.h"
#include "learning_loop/http/websocket/websocket.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace {

constexpr std::size_t first_read_bytes = 12 * 1024;

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

struct Target {
    std::string_view host; ///< Only in a whole URL, as a proxy's client writes it. It then counts, not the header Host.
    std::string_view path_and_query;
};

Target target_in(std::string_view text)
{
    for (std::string_view const scheme : {"http://", "https://"}) {
        if (!text.starts_with(scheme)) continue;
        auto const host_end = std::min(text.find_first_of("/?", scheme.size()), text.size());
        auto const rest = text.substr(host_end);
        return {text.substr(scheme.size(), host_end - scheme.size()), rest.empty() ? "/" : rest};
    }
    return {{}, text};
}

std::string_view request_origin(HeadParser const& head)
{
    return head.is_header_done() ? view(head.get()[beast::http::field::origin]) : std::string_view();
}

bool may_be_id(std::string_view text)
{
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), plain);
}

bool same_secret(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace

Connection::Connection(ConnectionContext& context, Stream stream)
    : context_(context),
      place_(context.connections.insert(context.connections.end(), this)),
      wire_(std::move(stream), context.options.deadlines),
      id_prefix_(context.id_prefix + std::to_string(context.next_connection++) + "-")
{
    boost::system::error_code gone;
    auto const endpoint = wire_.stream().socket().remote_endpoint(gone);
    if (!gone) peer_ = endpoint.address().to_string();
}

Connection::~Connection()
{
    context_.connections.erase(place_);
}

Task<> Connection::run(std::unique_ptr<Connection> connection)
{
    try {
        co_await connection->wire_.shake_hands();
        while (co_await connection->serve_one() == After::next_request) {
        }
    } catch (boost::system::system_error const& failure) {
        // The client went away or was too slow: its affair, not ours.
        log::debug("a connection ended: {}", failure.what());
    }
}

Task<Connection::After> Connection::serve_one()
{
    HeadParser head;
    Request request;
    Router::Match match;
    auto answer = co_await read_head(head);
    bool const has_head = head.is_header_done();
    if (!answer && !has_head) co_return After::close;
    auto const begin = wire_.since();
    request.id = request_id(head);
    begin_request(request.id);
    if (!answer) answer = take_head(head, request, match);

    AnswerWriter writer(wire_, context_.files);
    writer.head_only = has_head && head.get().method() == beast::http::verb::head;
    writer.is_old_protocol = has_head && head.get().version() < 11;
    bool const client_stays = has_head && head.keep_alive();
    bool const without_body = has_head && !head.chunked() && head.content_length().value_or(0) == 0;
    BodyReader body(wire_, context_.budget, context_.files, context_.options.upload_folder);
    bool all_was_read = without_body;
    if (!answer) {
        answer = co_await read_body(body, head, *match.route, request);
        all_was_read = body.all_was_read() && !wire_.late();
    }
    Request const asked{request.method, request.path, {}, {}, request.headers, {}, {}, request.id};
    if (!answer) {
        wire_.enter(Wire::Phase::handler);
        answer = co_await Router::answer_to(*match.route, std::move(request));
    }
    body.give_back();
    if (auto* upgrade = std::get_if<WebSocketBody>(&answer->body)) {
        auto refused = refusal_of(head.get());
        if (!refused) {
            auto const upgraded = std::move(*upgrade);
            account(match.route, asked, 101, 0, begin);
            co_await run_websocket(head, upgraded);
            co_return After::close;
        }
        answer = std::move(*refused);
        all_was_read = false; // what follows may be frames
    }
    if (auto const origin = request_origin(head); is_allowed_origin(origin)) {
        answer->headers.add("Access-Control-Allow-Origin", std::string(origin));
        answer->headers.add("Access-Control-Allow-Credentials", "true");
        answer->headers.add("Vary", "Origin");
    }
    writer.keeps_connection = client_stays && all_was_read && !context_.finishing;
    try {
        co_await writer.write(asked, std::move(*answer));
    } catch (...) { // the client left, or was too slow: it counts all the same
        account(match.route, asked, writer.status(), writer.body_bytes(), begin);
        throw;
    }
    account(match.route, asked, writer.status(), writer.body_bytes(), begin);
    begin_request({});
    if (!writer.keeps_connection) co_await wire_.linger(!all_was_read);
    co_return writer.keeps_connection ? After::next_request : After::close;
}

Task<> Connection::run_websocket(HeadParser const& head, WebSocketBody body)
{
    auto const early = wire_.buffer().data();
    std::string text(static_cast<char const*>(early.data()), early.size());
    wire_.buffer().consume(text.size());
    wire_.buffer().shrink_to_fit();
    // shared: by who reads and who writes
    auto socket =
        std::make_shared<WebSocket>(wire_.give_away(), std::move(text), body.max_message_bytes, context_.budget);
    socket->end_within(context_.options.deadlines.header); // it has answers to earlier requests to take first
    bool const is_open = co_await socket->accept(head.get());
    if (!is_open) co_return;
    socket->lift_limit();
    co_await body.run(std::move(socket));
}

/// Nothing when the request has its body.
Task<std::optional<Response>> Connection::read_body(BodyReader& body, HeadParser& head, Route const& route,
                                                    Request& request)
{
    try {
        co_return co_await body.read(head, route, request);
    } catch (boost::system::system_error const&) {
        if (!wire_.late()) throw;
        co_return error_response(408, "the body came too slowly: send it at a stretch");
    } catch (std::exception const& failure) {
        log::error("{} {}: cannot take the body: {}", request.method, printable(request.path), failure.what());
        co_return Router::internal_error(request.id);
    }
}

/// Nothing when a whole head is there, or when the client left before it sent one.
Task<std::optional<Response>> Connection::read_head(HeadParser& head)
{
    auto& buffer = wire_.buffer();
    auto const& limits = context_.options.head;
    head.header_limit(static_cast<std::uint32_t>(limits.bytes));
    head.body_limit(boost::none); // each route has its own
    auto const received = [&] {
        return std::string_view(static_cast<char const*>(buffer.data().data()), buffer.size());
    };
    wire_.enter(buffer.size() == 0 ? Wire::Phase::idle : Wire::Phase::head);
    std::optional<std::size_t> end;
    for (bool at_start = true; !(end = end_of_head(received()));) {
        if (buffer.size() == 0 && context_.finishing) co_return std::nullopt;
        if (auto fault = fault_of_beginning(received(), limits))
            co_return error_response(fault->status, fault->message);
        if (buffer.size() == 0) buffer.shrink_to_fit(); // a waiting client shall cost little
        try {
            buffer.commit(co_await wire_.read_some(buffer.prepare(first_read_bytes)));
        } catch (boost::system::system_error const& failure) {
            if (buffer.size() == 0) co_return std::nullopt;
            if (!wire_.late()) throw;
            co_return error_response(408, "the request's head came too slowly: send it at a stretch");
        }
        if (wire_.phase() == Wire::Phase::idle) wire_.enter(Wire::Phase::head);
        if (std::exchange(at_start, false) && received().starts_with("\r\n"))
            buffer.consume(2); // some clients end a body with a line break too many
    }
    if (auto fault = fault_of_head(received().substr(0, *end), limits))
        co_return error_response(fault->status, fault->message);
    boost::system::error_code failure;
    auto const used = head.put(asio::buffer(buffer.data(), *end), failure);
    buffer.consume(used);
    if (!failure && head.is_header_done()) co_return std::nullopt;
    co_return error_response(400, "this is not HTTP/1.1: " + failure.message());
}

std::optional<Response> Connection::refusal(HeadParser const& head) const
{
    auto const& message = head.get();
    auto const told = view(message[beast::http::field::host]);
    auto const of_url = target_in(view(message.target())).host;
    auto const host = of_url.empty() ? told : of_url;
    if (message.count(beast::http::field::host) > 1 || (told.empty() && message.version() == 11)) {
        return error_response(400, "the header Host must be there once");
    }
    if (message.version() < 11 && head.chunked()) return error_response(400, "HTTP/1.0 knows no Transfer-Encoding");
    // A web page may send its visitor's browser here, under a name of its own that it let point to 127.0.0.1.
    if (!host.empty() && is_loopback(context_.options.host) && !is_loopback(host_name(host))) {
        return error_response(403, "the Host " + printable(host) +
                                       " is not this machine: this server answers for localhost only");
    }
    auto const origin = request_origin(head);
    auto const slashes = origin.find("://");
    bool const is_own = slashes != std::string_view::npos && same_name(origin.substr(slashes + 3), host);
    if (!origin.empty() && !is_own && !is_allowed_origin(origin)) {
        return error_response(403,
                              "the Origin " + printable(origin) + " is foreign: only pages of this server may call it");
    }
    return std::nullopt;
}

/// Whether it is of a foreign page that may call all the same.
bool Connection::is_allowed_origin(std::string_view origin) const
{
    auto const& allowed = context_.options.allowed_origins;
    return std::find(allowed.begin(), allowed.end(), origin) != allowed.end();
}

/// Fills the request from its head and finds its route.
std::optional<Response> Connection::take_head(HeadParser const& head, Request& request, Router::Match& match)
{
    auto const& message = head.get();
    request.budget = context_.budget;
    request.method = view(message.method_string());
    auto const target = target_in(view(message.target())).path_and_query;
    auto const question = std::min(target.find('?'), target.size());
    request.path = percent_decoded(target.substr(0, question)).value_or("/");
    if (auto refused = refusal(head)) return refused;
    match = context_.router.match(request.method, target.substr(0, question));
    if (!match.route) return std::move(match.refusal);
    auto query = decoded_pairs(target.substr(std::min(question + 1, target.size())));
    if (!query) return error_response(400, "the query has a broken %-escape or more than 1000 values");
    request.query = std::move(*query);
    request.path_params = std::move(match.path_params);
    request.headers.reserve(8);
    for (auto const& field : message)
        request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
    return refusal_of_operator(*match.route, request);
}

std::optional<Response> Connection::refusal_of_operator(Route const& route, Request const& request) const
{
    if (!route.operators_only || !context_.options.operators_need_token) return std::nullopt;
    auto const& token = context_.options.operator_token;
    if (token.empty() && is_loopback(context_.options.host)) return std::nullopt;
    if (token.empty()) {
        return error_response(403, "this changes how the node runs: it takes a token beyond this machine, and none is "
                                   "set (NODE_TOKEN)");
    }
    auto const given = request.bearer_token();
    if (given && same_secret(*given, token)) return std::nullopt;
    auto refused = error_response(401, "send the node's token (NODE_TOKEN) as `Authorization: Bearer <token>`");
    refused.headers.add("WWW-Authenticate", "Bearer");
    return refused;
}

/// The client's own id where it sent one that may stand in a log.
std::string Connection::request_id(HeadParser const& head)
{
    if (head.is_header_done()) {
        auto const given = view(head.get()["X-Request-Id"]);
        if (may_be_id(given)) return std::string(given);
    }
    return id_prefix_ + std::to_string(++requests_);
}

void Connection::account(Route const* route, Request const& request, int status, std::uint64_t body_bytes,
                         Wire::Clock::time_point begin)
{
    auto const took = Wire::Clock::now() - begin;
    context_.metrics.count(route, status, took);
    if (!context_.options.access_log) return;
    auto const ms = std::chrono::duration<double, std::milli>(took).count();
    // Without the query, which may hold what is nobody's business.
    log::access().info("method={} path={} status={} bytes={} ms={:.1f} peer={}",
                       request.method.empty() ? "-" : printable(request.method),
                       log::value(request.path.empty() ? std::string_view("-") : request.path), status, body_bytes, ms,
                       peer_);
}

} // namespace learning_loop::http
