#include "support/raw_websocket.h"

#include <array>

namespace learning_loop::test {
namespace {

constexpr std::array<unsigned char, 4> mask{0x37, 0xfa, 0x21, 0x3d};
constexpr std::uint16_t no_code = 1005;
constexpr std::uint16_t no_close_frame = 1006;

void append_number(std::string& bytes, std::uint64_t number, int size)
{
    for (int i = size - 1; i >= 0; --i) bytes += static_cast<char>(number >> (8 * i));
}

std::uint64_t number_in(std::string_view bytes)
{
    std::uint64_t number = 0;
    for (char const c : bytes) number = number << 8U | static_cast<unsigned char>(c);
    return number;
}

/// The length of 0 to 125 itself, or how many bytes tell it.
void append_length(std::string& bytes, std::uint64_t length, unsigned mask_bit)
{
    if (length <= 125) {
        append_number(bytes, mask_bit | length, 1);
    } else if (length <= 0xffff) {
        append_number(bytes, mask_bit | 126U, 1);
        append_number(bytes, length, 2);
    } else {
        append_number(bytes, mask_bit | 127U, 1);
        append_number(bytes, length, 8);
    }
}

} // namespace

std::string bytes_of(Frame const& frame)
{
    std::string bytes;
    append_number(bytes, (frame.is_last ? 0x80U : 0U) | frame.reserved << 4U | static_cast<unsigned>(frame.opcode), 1);
    append_length(bytes, frame.announced.value_or(frame.payload.size()), frame.is_masked ? 0x80U : 0U);
    if (!frame.is_masked) return bytes + frame.payload;
    bytes.append(mask.begin(), mask.end());
    auto const head = bytes.size();
    bytes += frame.payload;
    for (auto i = head; i < bytes.size(); ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[(i - head) % 4]);
    return bytes;
}

std::string close_payload(std::uint16_t code, std::string_view reason)
{
    std::string payload;
    append_number(payload, code, 2);
    return payload.append(reason);
}

std::string handshake(std::string const& target, std::string const& headers)
{
    return "GET " + target +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           headers + "\r\n";
}

RawWebSocket::RawWebSocket(std::uint16_t port, std::string const& target, std::string const& headers,
                           int receive_buffer_bytes)
    : connection_(port, receive_buffer_bytes)
{
    connection_.send(handshake(target, headers));
    response_ = connection_.response();
}

std::optional<Frame> RawWebSocket::read()
{
    auto const head = connection_.take(2);
    if (!head) return std::nullopt;
    auto const first = static_cast<unsigned char>(head->at(0));
    std::uint64_t length = static_cast<unsigned char>(head->at(1)) & 0x7fU;
    if (length > 125) {
        auto const told = connection_.take(length == 126 ? 2 : 8);
        if (!told) return std::nullopt;
        length = number_in(*told);
    }
    auto payload = connection_.take(length);
    if (!payload) return std::nullopt;
    return Frame{
        static_cast<Opcode>(first & 0x0fU), std::move(*payload), (first & 0x80U) != 0, (first >> 4U) & 7U, false, {}};
}

std::uint16_t RawWebSocket::close_code()
{
    while (auto const frame = read()) {
        if (frame->opcode != Opcode::close) continue;
        send({Opcode::close, frame->payload});
        if (frame->payload.size() < 2) return no_code;
        return static_cast<std::uint16_t>(number_in(std::string_view(frame->payload).substr(0, 2)));
    }
    return no_close_frame;
}

} // namespace learning_loop::test
