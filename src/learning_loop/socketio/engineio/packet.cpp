#include "learning_loop/socketio/engineio/packet.h"

#include "learning_loop/base/utf8.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdint>

namespace learning_loop::engineio {

BOOST_DESCRIBE_STRUCT(Opening, (), (sid, upgrades, pingInterval, pingTimeout, maxPayload))

namespace {

constexpr char separator = '\x1e';

Error malformed(std::string what)
{
    return {Errc::invalid_argument, "Engine.IO: " + std::move(what)};
}

bool is_base64(std::string_view text)
{
    auto const is_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    auto const padding = text.size() - std::min(text.size(), text.find_last_not_of('=') + 1);
    return text.size() % 4 == 0 && padding <= 2 && std::all_of(text.begin(), text.end() - padding, is_digit);
}

Result<Bytes> decode_base64(std::string_view base64)
{
    if (!is_base64(base64)) return malformed("a binary packet is not base64");
    std::string bytes(base64.size() / 4 * 3, '\0');
    auto const* const text = reinterpret_cast<unsigned char const*>(base64.data());
    auto* const into = reinterpret_cast<unsigned char*>(bytes.data());
    if (EVP_DecodeBlock(into, text, static_cast<int>(base64.size())) < 0)
        return malformed("a binary packet is not base64");
    bytes.resize(bytes.size() - static_cast<std::size_t>(std::count(base64.begin(), base64.end(), '=')));
    return Bytes(std::move(bytes));
}

void append_base64(std::string& text, std::string_view bytes)
{
    auto const before = text.size();
    text.resize(before + (bytes.size() + 2) / 3 * 4 + 1); // OpenSSL ends it with a NUL
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data() + before),
                    reinterpret_cast<unsigned char const*>(bytes.data()), static_cast<int>(bytes.size()));
    text.pop_back();
}

Result<Packet> read_text(Bytes const& text)
{
    auto const view = text.view();
    if (view.empty()) return malformed("a packet is empty");
    if (view.front() < '0' || view.front() > '6') return malformed("a packet is of no type from 0 to 6");
    return Packet{static_cast<PacketType>(view.front()), {false, text.from(1)}};
}

/// Reads one packet of a payload.
Result<Packet> read_part(Bytes const& payload, std::string_view text)
{
    if (text.starts_with('b')) {
        auto bytes = decode_base64(text.substr(1));
        if (!bytes) return bytes.error();
        return Packet{PacketType::message, {true, std::move(*bytes)}};
    }
    if (!is_utf8(text)) return malformed("a packet is not UTF-8"); // over a WebSocket it had to be
    bool const is_most = text.size() > payload.size() / 2;          // a short text must not keep a long payload alive
    return read_text(is_most ? Bytes(payload.owner(), text) : Bytes(std::string(text)));
}

} // namespace

Packet packet(PacketType type, std::string text)
{
    return {type, {false, Bytes(std::move(text))}};
}

Result<Packet> packet_of_frame(Message frame)
{
    if (frame.is_binary) return Packet{PacketType::message, std::move(frame)};
    return read_text(frame.bytes);
}

Result<std::vector<Packet>> packets_of_payload(Bytes const& payload, std::size_t max_packets)
{
    std::vector<Packet> packets;
    auto const view = payload.view();
    for (std::size_t first = 0;;) {
        if (packets.size() == max_packets)
            return malformed("a payload has more than " + std::to_string(max_packets) + " packets");
        auto const end = std::min(view.find(separator, first), view.size());
        auto packet = read_part(payload, view.substr(first, end - first));
        if (!packet) return packet.error();
        packets.push_back(std::move(*packet));
        if (end == view.size()) return packets;
        first = end + 1;
    }
}

std::string payload_of(std::span<Packet const> packets)
{
    std::string payload;
    std::size_t size = 0;
    for (auto const& packet : packets) size += bytes_in_payload(packet) + 1;
    payload.reserve(size + 1);
    for (auto const& packet : packets) {
        if (!payload.empty()) payload += separator;
        payload += packet.data.is_binary ? 'b' : static_cast<char>(packet.type);
        if (packet.data.is_binary) append_base64(payload, packet.data.bytes.view());
        else payload += packet.data.bytes.view();
    }
    return payload;
}

std::size_t bytes_in_payload(Packet const& packet)
{
    auto const size = packet.data.bytes.size();
    return 1 + (packet.data.is_binary ? (size + 2) / 3 * 4 : size);
}

Packet packet_of(Opening const& opening)
{
    return packet(PacketType::open, to_text(to_json(opening)));
}

Result<Opening> opening_of(Packet const& packet)
{
    if (packet.type != PacketType::open) return malformed("the server does not begin with an open packet");
    auto const json = parse_json(packet.data.bytes.view(), "the open packet");
    if (!json) return json.error();
    return from_json<Opening>(*json, JsonPath("the open packet"));
}

} // namespace learning_loop::engineio
