#include "learning_loop/http/server/connection.h"

#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"
#include "learning_loop/http/url.h"
#include "learning_loop/http/websocket/websocket.h"

#include <algorithm>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace {

constexpr std::size_t first_read_bytes = 12 * 1024;

bool may_be_id(std::string_view text)
{
    auto const plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), plain);
}

ConnectionEnds ends_of(Stream& stream)
{
    boost::system::error_code gone;
    auto const peer = stream.socket().remote_endpoint(gone);
    auto const own = stream.socket().local_endpoint(gone);
    return {peer.address(), own.address(), stream.tls() != nullptr};
}

} // namespace

Connection::Connection(ConnectionContext& context, Stream stream)
    : context_(context),
      place_(context.connections.insert(context.connections.end(), this)),
      wire_(std::move(stream), context.options.deadlines),
      gate_(context.options, ends_of(wire_.stream())),
      budget_(context.budget),
      id_prefix_(context.id_prefix + std::to_string(context.next_connection++) + "-")
{}

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
        // The client has left or was too slow: no fault of ours.
        log::debug("a connection ended: {}", failure.what());
    }
}

/// What the head says of the client; of a head that is not whole: nothing.
Connection::Client Connection::client_of(HeadParser const& head)
{
    if (!head.is_header_done()) return {};
    auto const& message = head.get();
    return {message.method() == beast::http::verb::head, message.version() < 11, head.keep_alive(),
            std::string(view(message[beast::http::field::origin]))};
}

Task<Connection::After> Connection::serve_one()
{
    crowd.reset();
    HeadParser head;
    auto admitted = co_await read_head(head);
    bool const has_head = head.is_header_done();
    if (admitted && !has_head) co_return After::close;
    auto const begin = wire_.since();
    Request request;
    request.id = request_id(head);
    request.sender.address = gate_.peer();
    begin_request(request.id);
    Route const* route = nullptr;
    if (admitted) admitted = take_head(head, request, route);
    std::optional<RequestLoad::Ticket> ticket;
    if (admitted) {
        auto taken = context_.let_in(head, *route, request, *this);
        if (taken) ticket.emplace(std::move(*taken));
        else admitted = taken.error();
    }
    Client const client = client_of(head); // reading the body may take the head's parser over
    BodyReader body(wire_, context_.options, context_.files, ticket ? &ticket->uploads() : nullptr);
    bool all_was_read = has_head && !head.chunked() && head.content_length().value_or(0) == 0;
    if (admitted) {
        admitted = co_await read_body(body, head, *route, request);
        all_was_read = body.all_was_read() && !wire_.late();
    }
    Request const bodiless{request.method, request.path, {}, {}, request.headers, {}, {}, request.id, {},
                           request.sender};
    Response answer;
    if (admitted) {
        wire_.enter(Wire::Phase::handler);
        answer = co_await Router::answer_to(*route, std::move(request));
    } else {
        answer = admitted.error().response;
    }
    body.give_back();
    if (auto* upgrade = std::get_if<WebSocketBody>(&answer.body)) {
        auto const handshake = check_handshake(head.get());
        if (handshake) {
            auto const upgraded = std::move(*upgrade);
            account({route, bodiless, begin, true}, 101, 0);
            budget_ = ticket->memory();
            ticket->give_back(); // it stays, maybe for days
            co_await run_websocket(head, upgraded);
            co_return After::close;
        }
        answer = handshake.error().response;
        all_was_read = false; // what follows may be WebSocket frames
    }
    gate_.allow_foreign_page(client.origin, answer);
    Handled const handled{route, bodiless, begin, all_was_read};
    co_return co_await write_answer(client, handled, std::move(answer));
}

/// Writes the answer and accounts for the request, also if the client has left or is too slow to take the answer.
Task<Connection::After> Connection::write_answer(Client const& client, Handled const& handled, Response answer)
{
    AnswerWriter writer(wire_, context_.files);
    writer.head_only = client.wants_head_only;
    writer.is_old_protocol = client.is_old_protocol;
    writer.keeps_connection = client.stays && handled.all_was_read && !context_.is_finishing;
    try {
        co_await writer.write(handled.request, std::move(answer));
    } catch (...) {
        account(handled, writer.status(), writer.body_bytes());
        throw;
    }
    account(handled, writer.status(), writer.body_bytes());
    begin_request({});
    if (!writer.keeps_connection) co_await wire_.linger(!handled.all_was_read);
    co_return writer.keeps_connection ? After::next_request : After::close;
}

Task<> Connection::run_websocket(HeadParser const& head, WebSocketBody body)
{
    auto const early = wire_.buffer().data();
    std::string text(static_cast<char const*>(early.data()), early.size());
    wire_.buffer().consume(text.size());
    wire_.buffer().shrink_to_fit();
    // shared: by the tasks that read and write
    auto socket = std::make_shared<WebSocket>(wire_.give_away(), std::move(text), body.max_message_bytes, budget_);
    socket->end_within(context_.options.deadlines.header); // the client may still have to take earlier answers
    bool const is_open = co_await socket->accept(head.get());
    if (!is_open) co_return;
    socket->lift_limit();
    co_await body.run(std::move(socket));
}

/// Puts the body into the request.
Task<Admitted<>> Connection::read_body(BodyReader& body, HeadParser& head, Route const& route, Request& request)
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

/// Reads a whole head, unless the client leaves before it sends one.
Task<Admitted<>> Connection::read_head(HeadParser& head)
{
    auto& buffer = wire_.buffer();
    auto const& limits = context_.options.head;
    head.header_limit(static_cast<std::uint32_t>(limits.bytes));
    head.body_limit(boost::none); // the route's limit counts
    auto const received = [&] {
        return std::string_view(static_cast<char const*>(buffer.data().data()), buffer.size());
    };
    wire_.enter(buffer.size() == 0 ? Wire::Phase::idle : Wire::Phase::head);
    std::optional<std::size_t> end;
    for (bool at_start = true; !(end = end_of_head(received()));) {
        if (buffer.size() == 0 && context_.is_finishing) co_return Admitted<>();
        if (auto const checked = check_beginning(received(), limits); !checked) co_return checked.error();
        if (buffer.size() == 0) buffer.shrink_to_fit(); // an idle client must cost little
        try {
            buffer.commit(co_await wire_.read_some(buffer.prepare(first_read_bytes)));
        } catch (boost::system::system_error const& failure) {
            if (buffer.size() == 0) co_return Admitted<>();
            if (!wire_.late()) throw;
            co_return error_response(408, "the request's head came too slowly: send it at a stretch");
        }
        if (wire_.phase() == Wire::Phase::idle) wire_.enter(Wire::Phase::head);
        if (std::exchange(at_start, false) && received().starts_with("\r\n"))
            buffer.consume(2); // some clients send a line break too many behind a body
    }
    if (auto const checked = check_head(received().substr(0, *end), limits); !checked) co_return checked.error();
    boost::system::error_code failure;
    auto const used = head.put(asio::buffer(buffer.data(), *end), failure);
    buffer.consume(used);
    if (!failure && head.is_header_done()) co_return Admitted<>();
    co_return error_response(400, "this is not HTTP/1.1: " + failure.message());
}

/// Fills the request from its head and finds its route.
Admitted<> Connection::take_head(HeadParser const& head, Request& request, Route const*& route)
{
    auto const& message = head.get();
    request.method = view(message.method_string());
    auto const target = path_and_query_of(view(message.target()));
    auto const question = std::min(target.find('?'), target.size());
    auto const path = context_.path_in(target.substr(0, question));
    request.path = percent_decoded(path).value_or("/");
    auto sender = gate_.check(head);
    if (!sender) return sender.error();
    request.sender = std::move(*sender);
    auto match = context_.router.match(request.method, path);
    if (!match) return match.error();
    route = match->route;
    auto query = decoded_pairs(target.substr(std::min(question + 1, target.size())));
    if (!query) return error_response(400, "the query has a broken %-escape or more than 1000 values");
    if (!std::all_of(query->begin(), query->end(), [](auto const& one) { return is_utf8(one.second); }))
        return error_response(400, "the query is not UTF-8");
    request.query = std::move(*query);
    request.path_params = std::move(match->path_params);
    request.headers.reserve(8);
    for (auto const& field : message)
        request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
    return {};
}

/// The client's own id if it sent one that is fit for a log.
std::string Connection::request_id(HeadParser const& head)
{
    if (head.is_header_done()) {
        auto const given = view(head.get()["X-Request-Id"]);
        if (may_be_id(given)) return std::string(given);
    }
    return id_prefix_ + std::to_string(++requests_);
}

void Connection::account(Handled const& handled, int status, std::uint64_t body_bytes)
{
    auto const took = Wire::Clock::now() - handled.begin;
    context_.metrics.count(handled.route, status, took);
    if (!context_.options.access_log) return;
    auto const ms = std::chrono::duration<double, std::milli>(took).count();
    auto const& request = handled.request;
    // Without the query, which may hold secrets.
    log::access("method={} path={} status={} bytes={} ms={:.1f} peer={}",
                request.method.empty() ? "-" : printable(request.method),
                log::value(request.path.empty() ? std::string_view("-") : request.path), status, body_bytes, ms,
                request.sender.address.empty() ? "-" : request.sender.address);
}

} // namespace learning_loop::http
