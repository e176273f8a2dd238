#include "learning_loop/socketio/engineio/packet.h"

#include "unit/socketio/engineio/told.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace learning_loop::engineio {
namespace {

using namespace std::string_literals;

Result<std::vector<Packet>> read(std::string text, std::size_t max_packets = 10)
{
    return packets_of_payload(payload(std::move(text)), max_packets);
}

std::string written(std::span<Packet const> packets)
{
    auto payload = payload_of(packets);
    std::replace(payload.begin(), payload.end(), '\x1e', '|');
    return payload;
}

std::string fault_of(std::string text)
{
    auto const packets = read(std::move(text));
    return packets ? "no error" : packets.error().message;
}

TEST(EngineIoPacket, is_a_digit_and_its_data_in_a_frame)
{
    for (char digit = '0'; digit <= '6'; ++digit) {
        auto const read = packet_of_frame(text(digit + "x"s));
        EXPECT_EQ(read.value(), packet(static_cast<PacketType>(digit), "x")) << digit;
        EXPECT_EQ(packet_of_frame(text(std::string(1, digit))).value().data.bytes.size(), 0u) << digit;
    }
    EXPECT_EQ(static_cast<char>(PacketType::open), '0');
    EXPECT_EQ(static_cast<char>(PacketType::noop), '6');
}

TEST(EngineIoPacket, is_a_message_when_its_frame_is_binary)
{
    auto const read = packet_of_frame(bytes("2\x00\xff"s));
    EXPECT_EQ(read.value(), (Packet{PacketType::message, bytes("2\x00\xff"s)}));
    EXPECT_EQ(packet_of_frame(bytes("")).value().type, PacketType::message);
}

TEST(EngineIoPacket, is_nothing_else_in_a_frame)
{
    EXPECT_EQ(packet_of_frame(text("")).error().message, "Engine.IO: a packet is empty");
    for (auto const* wrong : {"7", "/", ":", "b", "bAQ==", " 4", "x4", "\xc3\xa4"}) {
        auto const read = packet_of_frame(text(wrong));
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().code, Errc::invalid_argument);
        EXPECT_EQ(read.error().message, "Engine.IO: a packet is of no type from 0 to 6") << wrong;
    }
}

TEST(EngineIoPayload, is_written_with_separators_and_base64)
{
    std::vector const packets{packet(PacketType::message, "h\xc3\xa4"), packet(PacketType::ping),
                              Packet{PacketType::message, bytes("\x01\x02\x03\x04")}, packet(PacketType::message)};
    EXPECT_EQ(written(packets), "4h\xc3\xa4|2|bAQIDBA==|4");
    EXPECT_EQ(written({}), "");
}

TEST(EngineIoPayload, is_read_as_it_was_written)
{
    std::string every_byte;
    for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
    std::vector<Packet> packets{packet(PacketType::message, "a"), packet(PacketType::close)};
    for (std::size_t size : {0U, 1U, 2U, 3U, 255U, 256U})
        packets.push_back({PacketType::message, bytes(every_byte.substr(0, size))});
    EXPECT_EQ(read(payload_of(packets)).value(), packets);
}

TEST(EngineIoPayload, says_how_long_it_will_be)
{
    for (auto const& one : {packet(PacketType::ping), packet(PacketType::message, "abc"),
                            Packet{PacketType::message, bytes("")}, Packet{PacketType::message, bytes("a")},
                            Packet{PacketType::message, bytes("abc")}, Packet{PacketType::message, bytes("abcd")}})
        EXPECT_EQ(bytes_in_payload(one), payload_of({&one, 1}).size()) << one.data.bytes.view();
}

TEST(EngineIoPayload, shares_its_bytes_with_a_text_that_is_most_of_it_and_with_no_short_one)
{
    auto const whole = payload("4short|4the longest of them");
    auto const packets = packets_of_payload(whole).value();
    EXPECT_EQ(packets.at(1).data.bytes.view().data(), whole.view().data() + 8);
    EXPECT_NE(packets.at(0).data.bytes.owner(), whole.owner()); // which it would keep for as long as it is kept
}

TEST(EngineIoPayload, has_no_empty_packet)
{
    for (auto const* wrong : {"", "|", "4|", "|4", "4||4"})
        EXPECT_EQ(fault_of(wrong), "Engine.IO: a packet is empty") << wrong;
}

TEST(EngineIoPayload, is_refused_whole_for_one_wrong_packet)
{
    EXPECT_EQ(fault_of("4a|7"), "Engine.IO: a packet is of no type from 0 to 6");
    EXPECT_EQ(fault_of("4a|4\xff"), "Engine.IO: a packet is not UTF-8");
    EXPECT_EQ(fault_of("4\xed\xa0\x80"), "Engine.IO: a packet is not UTF-8"); // half of a surrogate pair
    EXPECT_EQ(fault_of("4\xc3|4\xa4"),
              "Engine.IO: a packet is not UTF-8"); // cut in two
}

TEST(EngineIoPayload, takes_only_base64_as_RFC_4648_writes_it)
{
    EXPECT_EQ(read("b").value().at(0), (Packet{PacketType::message, bytes("")}));
    EXPECT_EQ(read("b+/+/").value().at(0).data.bytes.view(), "\xfb\xff\xbf");
    EXPECT_EQ(read("bAA==").value().at(0).data.bytes.view(), "\0"s);
    for (auto const* wrong : {"bA", "bAB", "bABC", "bABCDE", "bAB=C", "b=ABC", "bA===", "b====", "b=", "bAB==CD==",
                              "b-_-_", "bAB D", " bABCD", "bABCD\n", "bAB\xffX", "bABC D===", "b\tABC"})
        EXPECT_TRUE(fault_of(wrong).starts_with("Engine.IO: a ")) << wrong << ": " << fault_of(wrong);
    EXPECT_EQ(fault_of("bAB=C"), "Engine.IO: a binary packet is not base64");
}

TEST(EngineIoPayload, has_only_so_many_packets)
{
    EXPECT_EQ(read("2|2|2", 3).value().size(), 3u);
    EXPECT_EQ(read("2|2|2|2", 3).error().message, "Engine.IO: a payload has more than 3 packets");
    std::string many = "4";
    for (int i = 1; i < 10'000; ++i) many += "|4";
    EXPECT_EQ(read(many, 10'000).value().size(), 10'000u);
    EXPECT_FALSE(read(many + "|4", 10'000));
}

TEST(EngineIoOpening, is_written_as_every_client_knows_it)
{
    Opening const opening{"an-id", {"websocket"}, 25'000, 20'000, 1'000'000};
    EXPECT_EQ(payload_of(std::array{packet_of(opening)}),
              R"(0{"sid":"an-id","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,)"
              R"("maxPayload":1000000})");
    auto const again = opening_of(packet_of(opening)).value();
    EXPECT_EQ(again.sid, "an-id");
    EXPECT_EQ(again.upgrades, std::vector{"websocket"s});
    EXPECT_EQ(again.pingInterval + again.pingTimeout, 45'000);
    EXPECT_EQ(again.maxPayload, 1'000'000u);
}

TEST(EngineIoOpening, may_have_no_upgrades_and_more_fields)
{
    auto const read = opening_of(packet(
        PacketType::open, R"({"new":1,"sid":"a","pingInterval":1,"pingTimeout":2,"maxPayload":3,"upgrades":null})"));
    EXPECT_TRUE(read.value().upgrades.empty());
}

TEST(EngineIoOpening, names_what_is_wrong_with_it)
{
    auto const fault = [](PacketType type, char const* json) {
        auto const read = opening_of(packet(type, json));
        return read ? "no error" : read.error().message;
    };
    EXPECT_EQ(fault(PacketType::message, "{}"), "Engine.IO: the server does not begin with an open packet");
    EXPECT_TRUE(fault(PacketType::open, "").starts_with("the open packet: is not valid JSON"));
    EXPECT_EQ(fault(PacketType::open, "[]"), "the open packet: expected an object");
    EXPECT_EQ(fault(PacketType::open, "{}"), "the open packet.sid: is missing");
    EXPECT_EQ(fault(PacketType::open, R"({"sid":"a","upgrades":[1]})"), "the open packet.upgrades[0]: expected a text");
    EXPECT_EQ(fault(PacketType::open, R"({"sid":"a","pingInterval":"x"})"),
              "the open packet.pingInterval: expected a whole number");
    EXPECT_EQ(fault(PacketType::open, R"({"sid":"a","pingInterval":1,"pingTimeout":1,"maxPayload":-1})"),
              "the open packet.maxPayload: expected a whole number within range");
}

} // namespace
} // namespace learning_loop::engineio
