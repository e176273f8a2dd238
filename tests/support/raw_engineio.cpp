#include "support/raw_engineio.h"

namespace learning_loop::test {
namespace {

std::string get(std::string const& target, std::string const& headers = "")
{
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

} // namespace

std::string engine_target(std::string const& path, std::string const& transport, std::string const& sid)
{
    return path + "/?EIO=4&transport=" + transport + (sid.empty() ? "" : "&sid=" + sid);
}

std::string sid_in(std::string const& opening)
{
    constexpr std::string_view key = R"("sid":")";
    auto const at = opening.find(key);
    if (at == std::string::npos) return "";
    auto const begin = at + key.size();
    return opening.substr(begin, opening.find('"', begin) - begin);
}

RawPolling::RawPolling(std::uint16_t port, std::string path, std::string const& headers)
    : port_(port), path_(std::move(path)), polls_(port)
{
    polls_.send(get(engine_target(path_, "polling"), headers));
    opening_ = polls_.response();
    sid_ = sid_in(opening_.body);
}

void RawPolling::ask()
{
    polls_.send(get(target("polling")));
}

RawResponse RawPolling::poll()
{
    ask();
    return response();
}

RawResponse RawPolling::post(std::string const& payload)
{
    RawConnection connection(port_);
    connection.send("POST " + target("polling") + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                    std::to_string(payload.size()) + "\r\n\r\n" + payload);
    return connection.response();
}

RawEngineIo::RawEngineIo(std::uint16_t port, std::string const& path, int receive_buffer_bytes)
    : socket_(port, engine_target(path, "websocket"), "", receive_buffer_bytes), opening_(next())
{}

std::string RawEngineIo::next()
{
    while (auto frame = socket_.read()) {
        if (frame->opcode == Opcode::close) return "";
        if (frame->opcode == Opcode::binary) return "b" + frame->payload;
        if (frame->opcode != Opcode::text) continue;
        if (frame->payload != "2") return std::move(frame->payload);
        if (answers_pings) send("3");
    }
    return "";
}

RawSocketIo::RawSocketIo(std::uint16_t port, int receive_buffer_bytes)
    : engine_(port, "/socket.io", receive_buffer_bytes)
{}

std::string RawSocketIo::connect(std::string const& nsp)
{
    send("0" + (nsp == "/" ? "" : nsp + ","));
    return next();
}

std::string RawSocketIo::next()
{
    auto const packet = engine_.next();
    return packet.starts_with('4') ? packet.substr(1) : packet;
}

bool RawSocketIo::is_closed()
{
    while (!next().empty()) {
    }
    return engine_.socket().connection().closed();
}

} // namespace learning_loop::test
