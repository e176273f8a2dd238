#include "learning_loop/socketio/packet.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop::socketio {
namespace {

using namespace std::string_literals;
namespace json = boost::json;

constexpr std::uint64_t largest_ack_id = 9'007'199'254'740'991; // 2^53 - 1

engineio::Message text(std::string text)
{
    return {false, Bytes(std::move(text))};
}

engineio::Message bytes(std::string bytes)
{
    return {true, Bytes(std::move(bytes))};
}

/// `<text>`, then `+<bytes>` for each attachment.
std::string written(Packet const& packet)
{
    std::string all;
    for (auto const& message : messages_of(packet))
        all += (message.is_binary ? "+" : "") + std::string(message.bytes.view());
    return all;
}

/// The packet of a text alone.
Packet read(std::string const& line)
{
    PacketReader reader;
    auto packet = reader.read(text(line)).value();
    EXPECT_TRUE(packet.has_value()) << line << " waits for attachments";
    return packet ? std::move(*packet) : Packet();
}

std::string fault_of(std::string const& line, PacketLimits const& limits = {})
{
    PacketReader reader(limits);
    auto const packet = reader.read(text(line));
    EXPECT_FALSE(reader.waits_for_attachments() && !packet) << line;
    return packet ? "no error" : packet.error().message;
}

/// That many attachments, and what they say in the JSON.
std::string binary_event(std::size_t count)
{
    std::string line = "5" + std::to_string(count) + R"(-["x")";
    for (std::size_t i = 0; i < count; ++i) line += R"(,{"_placeholder":true,"num":)" + std::to_string(i) + "}";
    return line + "]";
}

// Writing

TEST(SocketIoPacket, of_each_type_is_written_as_the_protocol_says)
{
    EXPECT_EQ(written({PacketType::connect, "/", {}, {}, {}}), "0");
    EXPECT_EQ(written({PacketType::connect, "/admin", {}, {{"token", "1"}}, {}}), R"(0/admin,{"token":"1"})");
    EXPECT_EQ(written({PacketType::disconnect, "/admin", {}, {}, {}}), "1/admin,");
    EXPECT_EQ(written(event_packet("/", "a", {})), R"(2["a"])");
    EXPECT_EQ(written(event_packet("/", "a", Arguments::of(1, true, "x"s), 12)), R"(212["a",1,true,"x"])");
    EXPECT_EQ(written(ack_packet("/", 12, {})), "312[]");
    EXPECT_EQ(written(ack_packet("/admin", 0, Arguments::of("x"s))), R"(3/admin,0["x"])");
    EXPECT_EQ(written({PacketType::connect_error, "/random", {}, {{"message", "x"}}, {}}),
              R"(4/random,{"message":"x"})");
}

TEST(SocketIoPacket, is_written_as_binary_when_it_has_attachments)
{
    Bytes const data("\x01\x02"s);
    EXPECT_EQ(written(event_packet("/", "a", Arguments::of(data))),
              "51-[\"a\",{\"_placeholder\":true,\"num\":0}]+\x01\x02");
    EXPECT_EQ(written(ack_packet("/admin", 456, Arguments::of(data, 7, data))),
              R"(62-/admin,456[{"_placeholder":true,"num":0},7,{"_placeholder":true,"num":1}])"
              "+\x01\x02+\x01\x02");
}

TEST(SocketIoPacket, never_holds_a_separator_of_engine_io)
{
    EXPECT_EQ(written(event_packet("/", "a\x1e"s, Arguments::of("\x1e"s))), R"(2["a\u001e","\u001e"])");
}

// Reading

TEST(SocketIoPacketReader, reads_each_type)
{
    EXPECT_EQ(read("0").type, PacketType::connect);
    EXPECT_TRUE(read("0").data.is_null());
    EXPECT_EQ(read(R"(0{"token":"1"})").data.at("token"), "1");
    EXPECT_EQ(read("1").type, PacketType::disconnect);
    EXPECT_EQ(read(R"(2["a",1])").data, (json::value{"a", 1}));
    EXPECT_EQ(read(R"(312[null])").type, PacketType::ack);
    EXPECT_EQ(read(R"(4{"message":"x"})").type, PacketType::connect_error);
    EXPECT_EQ(read(R"(4"x")").data, "x");
    EXPECT_EQ(read("4").type, PacketType::connect_error);
}

TEST(SocketIoPacketReader, reads_what_was_written)
{
    for (auto const* line : {"0", R"(0/admin,{"token":"1"})", "1", "1/admin,", R"(2["a"])", R"(212["a",{"b":[1.5]}])",
                             R"(2/admin,0["a",null])", "312[]", "3/a b/c?d=1,7[[]]", R"(4/random,{"message":"x"})"})
        EXPECT_EQ(written(read(line)), line);
}

TEST(SocketIoPacketReader, reads_a_namespace_with_and_without_its_comma)
{
    EXPECT_EQ(read("0").nsp, "/");
    EXPECT_EQ(read("0/").nsp, "/");
    EXPECT_EQ(read("0/,").nsp, "/");
    EXPECT_EQ(read("0/admin").nsp, "/admin");
    EXPECT_EQ(read("0/admin,").nsp, "/admin");
    auto const odd = read(R"(2/a["b",5["x"])"); // up to the first comma, whatever it is
    EXPECT_EQ(odd.nsp, R"(/a["b")");
    EXPECT_EQ(odd.ack_id, 5u);
}

TEST(SocketIoPacketReader, takes_a_namespace_of_256_characters)
{
    auto const longest = "/" + std::string(255, 'n');
    EXPECT_EQ(read("0" + longest + ",").nsp, longest);
    EXPECT_EQ(read("0" + longest).nsp, longest);
    EXPECT_EQ(fault_of("0" + longest + "n,"), "Socket.IO: the name of a namespace is too long");
    EXPECT_EQ(fault_of("0" + longest + "n"), "Socket.IO: the name of a namespace is too long");
}

TEST(SocketIoPacketReader, takes_ack_ids_that_every_peer_can_count_to)
{
    EXPECT_FALSE(read(R"(2["a"])").ack_id);
    EXPECT_EQ(read(R"(20["a"])").ack_id, 0u);
    EXPECT_EQ(read(R"(2/x,007["a"])").ack_id, 7u);
    EXPECT_EQ(read(R"(29007199254740991["a"])").ack_id, largest_ack_id);
    EXPECT_EQ(read("39007199254740991[]").ack_id, largest_ack_id);
    for (auto const* id : {"9007199254740992", "9007199254740993", "18446744073709551616", "99999999999999999999999"})
        EXPECT_EQ(fault_of("2"s + id + R"(["a"])"), "Socket.IO: an ack id is beyond 2^53 - 1") << id;
    EXPECT_NE(fault_of(R"(2-1["a"])"), "no error");
    EXPECT_NE(fault_of("3-1[]"), "no error");
    EXPECT_NE(fault_of(R"(2+1["a"])"), "no error");
    EXPECT_NE(fault_of(R"(21.5["a"])"), "no error");
}

TEST(SocketIoPacketReader, refuses_what_is_no_packet)
{
    struct Row {
        char const* line;
        char const* fault;
    };
    constexpr auto* no_type = "Socket.IO: a packet is of no type from 0 to 6";
    constexpr auto* no_name = "Socket.IO: the data of an event is no list that begins with its name";
    constexpr auto* no_count = "Socket.IO: a binary packet does not begin with a number of attachments up to 64";
    constexpr auto* no_reason = "Socket.IO: the data of a CONNECT_ERROR is no object and no text";
    constexpr auto* no_match = "Socket.IO: attachments and their placeholders do not match";
    for (auto const& [line, fault] :
         {Row{"", no_type},
          Row{"9", no_type},
          Row{"7[]", no_type},
          Row{"a", no_type},
          Row{"/", no_type},
          Row{"2", no_name},
          Row{"212", no_name},
          Row{"2/a", no_name},
          Row{R"(2/admin["a"])", no_name},
          Row{"2{}", no_name},
          Row{"2[]", no_name},
          Row{"2[1]", no_name},
          Row{"2[[\"a\"]]", no_name},
          Row{"2null", no_name},
          Row{"2\"a\"", no_name},
          Row{"0[]", "Socket.IO: the data of a CONNECT is no object"},
          Row{"0null", "Socket.IO: the data of a CONNECT is no object"},
          Row{"0\"x\"", "Socket.IO: the data of a CONNECT is no object"},
          Row{"1[]", "Socket.IO: a DISCONNECT has no data"},
          Row{"1null", "Socket.IO: a DISCONNECT has no data"},
          Row{"4 1", no_reason},
          Row{"4[]", no_reason},
          Row{"4null", no_reason},
          Row{"3[]", "Socket.IO: an ack has no id"},
          Row{"3/a,[]", "Socket.IO: an ack has no id"},
          Row{"312", "Socket.IO: the data of an ack is no list"},
          Row{"312{}", "Socket.IO: the data of an ack is no list"},
          Row{"5", no_count},
          Row{R"(5["a"])", no_count},
          Row{R"(51["a"])", no_count},
          Row{R"(5-["a"])", no_count},
          Row{R"(5-1-["a"])", no_count},
          Row{R"(565-["a"])", no_count},
          Row{"51000000000-", no_count},
          Row{R"(599999999999999999999-["a"])", no_count},
          Row{R"(5 1-["a"])", no_count},
          Row{R"(5+1-["a"])", no_count},
          Row{R"(51.0-["a"])", no_count},
          Row{"6", no_count},
          Row{"61-", "Socket.IO: the data of an ack is no list"},
          Row{R"(51-["a"])", no_match},
          Row{R"(50-["x",{"_placeholder":true,"num":0}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":1}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":-1}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":"0"}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":0.0}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":1e30}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":18446744073709551615}])", no_match},
          Row{R"(51-["x",{"_placeholder":true}])", no_match},
          Row{R"(51-["x",{"_placeholder":1,"num":0}])", no_match},
          Row{R"(51-["x",{"_placeholder":false,"num":0}])", no_match},
          Row{R"(51-["x",{"num":0}])", no_match},
          Row{R"(51-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])", no_match},
          Row{R"(52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}])", no_match},
          Row{R"(52-["x",{"_placeholder":true,"num":0,"in":{"_placeholder":true,"num":1}}])", no_match}})
        EXPECT_EQ(fault_of(line), fault) << line;
}

TEST(SocketIoPacketReader, refuses_what_is_no_json)
{
    for (auto const* line : {"2abc", R"(2["a")", R"(2["a"]])", R"(2["a"] x)", "0{", R"(2["\ud800"])", "2[\"a\x01\"]",
                             "2[\"\xff\"]", R"(2["a",1e400])", R"(2["a",NaN])", R"(2,["a"])"})
        EXPECT_TRUE(fault_of(line).starts_with("the data of a packet: ")) << line << ": " << fault_of(line);
}

TEST(SocketIoPacketReader, refuses_json_that_nests_too_deep)
{
    auto const nested = [](std::size_t depth) {
        return R"(2["a",)" + std::string(depth, '[') + std::string(depth, ']') + "]";
    };
    EXPECT_EQ(fault_of(nested(60)), "no error");
    EXPECT_TRUE(fault_of(nested(10'000)).starts_with("the data of a packet: is not valid JSON"));
    std::string objects = R"(2["a",)";
    for (int i = 0; i < 10'000; ++i) objects += R"({"a":)";
    EXPECT_TRUE(fault_of(objects).starts_with("the data of a packet: is not valid JSON"));
}

TEST(SocketIoPacketReader, refuses_events_that_are_called_as_what_peers_tell_themselves)
{
    for (auto const* name :
         {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}) {
        EXPECT_EQ(fault_of(R"(2[")"s + name + R"("])"), "Socket.IO: an event may not be called '"s + name + "'");
        EXPECT_NE(fault_of(R"(50-[")"s + name + R"("])"), "no error");
    }
    for (auto const* name : {"", "connected", "Connect", "__proto__", "constructor", "\\u0000"})
        EXPECT_EQ(fault_of(R"(2[")"s + name + R"("])"), "no error") << name;
    EXPECT_EQ(fault_of(R"(2[")" + std::string(1 << 20, 'n') + R"("])"), "no error");
}

TEST(SocketIoPacketReader, refuses_a_text_that_is_too_long)
{
    PacketLimits const limits{.max_text_bytes = 10};
    EXPECT_EQ(fault_of(R"(2["123456"])", limits), "Socket.IO: a packet's text is longer than 10 bytes");
    EXPECT_EQ(fault_of(R"(2["12345"])", limits), "no error");
    PacketReader reader(limits);
    EXPECT_EQ(reader.read(text(std::string(11, '2'))).error().code, Errc::too_large);
}

// Attachments

TEST(SocketIoPacketReader, gathers_the_attachments_of_a_packet)
{
    PacketReader reader;
    auto const line = R"(62-/admin,456[{"a":[{"num":1,"_placeholder":true}]},{"_placeholder":true,"num":0}])";
    EXPECT_FALSE(reader.read(text(line)).value());
    EXPECT_TRUE(reader.waits_for_attachments());
    EXPECT_FALSE(reader.read(bytes("first")).value());
    auto const packet = reader.read(bytes("")).value();
    ASSERT_TRUE(packet);
    EXPECT_FALSE(reader.waits_for_attachments());
    EXPECT_EQ(packet->type, PacketType::ack);
    EXPECT_EQ(packet->nsp, "/admin");
    EXPECT_EQ(packet->ack_id, 456u);
    EXPECT_EQ(packet->attachments, (std::vector{Bytes("first"s), Bytes(""s)}));
    EXPECT_EQ(reader.read(text(R"(2["a"])")).value()->type, PacketType::event);
}

TEST(SocketIoPacketReader, takes_64_attachments)
{
    PacketReader reader;
    EXPECT_FALSE(reader.read(text(binary_event(64))).value());
    for (int i = 0; i < 63; ++i) EXPECT_FALSE(reader.read(bytes("x")).value()) << i;
    EXPECT_EQ(reader.read(bytes("x")).value()->attachments.size(), 64u);
    EXPECT_NE(fault_of(binary_event(65)), "no error");
}

TEST(SocketIoPacketReader, takes_a_binary_packet_without_attachments)
{
    EXPECT_EQ(read(R"(50-["a"])").type, PacketType::event);
    EXPECT_EQ(read("60-1[]").type, PacketType::ack);
}

TEST(SocketIoPacketReader, leaves_placeholders_in_a_text_packet_alone)
{
    auto const packet = read(R"(2["a",{"_placeholder":true,"num":5}])");
    EXPECT_EQ(packet.data.at(1), (json::value{{"_placeholder", true}, {"num", 5}}));
    EXPECT_TRUE(packet.attachments.empty());
}

TEST(SocketIoPacketReader, has_binary_packets_of_two_types_only)
{
    EXPECT_EQ(fault_of(R"(71-["a"])"), "Socket.IO: a packet is of no type from 0 to 6");
    EXPECT_EQ(fault_of(R"(61-[{"_placeholder":true,"num":0}])"), "Socket.IO: an ack has no id");
    EXPECT_NE(fault_of(R"(51-{"_placeholder":true,"num":0})"), "no error");
}

TEST(SocketIoPacketReader, refuses_a_text_while_an_attachment_is_due)
{
    for (auto const* line : {R"(2["a"])", "0", "1", ""}) {
        PacketReader reader;
        EXPECT_FALSE(reader.read(text(binary_event(2))).value());
        EXPECT_FALSE(reader.read(bytes("x")).value());
        EXPECT_EQ(reader.read(text(line)).error().message, "Socket.IO: a text came where an attachment was due");
        EXPECT_FALSE(reader.waits_for_attachments());
    }
}

TEST(SocketIoPacketReader, refuses_an_attachment_that_nobody_announced)
{
    PacketReader reader;
    EXPECT_EQ(reader.read(bytes("x")).error().message, "Socket.IO: bytes came that no packet announced");
    EXPECT_FALSE(reader.read(text(binary_event(1))).value());
    EXPECT_TRUE(reader.read(bytes("x")).value());
    EXPECT_EQ(reader.read(bytes("x")).error().code, Errc::invalid_argument);
}

TEST(SocketIoPacketReader, bounds_the_attachments_of_a_packet_together)
{
    PacketReader reader({.max_attachment_bytes = 10});
    auto const whole = [&reader](std::string first, std::string second) {
        EXPECT_FALSE(reader.read(text(binary_event(2))).value());
        EXPECT_FALSE(reader.read(bytes(std::move(first))).value());
        return reader.read(bytes(std::move(second)));
    };
    EXPECT_TRUE(whole("12345", "67890").value());
    EXPECT_TRUE(whole("", "1234567890").value()); // they count anew
    auto const too_long = whole("12345", "678901");
    EXPECT_EQ(too_long.error().code, Errc::too_large);
    EXPECT_EQ(too_long.error().message, "Socket.IO: the attachments of a packet are longer than 10 bytes");
}

TEST(SocketIoPacketReader, lets_go_of_everything_after_an_error)
{
    PacketReader reader({.max_attachment_bytes = 100});
    auto owner = std::make_shared<std::string>("kept");
    std::weak_ptr<std::string> const watched = owner;
    std::string_view const view = *owner;
    EXPECT_FALSE(reader.read(text(binary_event(2))).value());
    EXPECT_FALSE(reader.read({true, Bytes(std::move(owner), view)}).value());
    EXPECT_FALSE(watched.expired());
    EXPECT_FALSE(reader.read(bytes(std::string(100, 'x'))));
    EXPECT_TRUE(watched.expired());
    EXPECT_FALSE(reader.waits_for_attachments());
}

// Arguments

TEST(Arguments, number_their_bytes)
{
    auto const arguments = Arguments::of(Bytes("a"s), 1, Bytes("b"s), std::optional<int>());
    EXPECT_EQ(to_text(arguments.values), R"([{"_placeholder":true,"num":0},1,{"_placeholder":true,"num":1},null])");
    EXPECT_EQ(*arguments.bytes_of({1}), Bytes("b"s));
    EXPECT_EQ(arguments.bytes_of({2}), nullptr);
    EXPECT_EQ(arguments.bytes_of({static_cast<std::size_t>(-1)}), nullptr);
}

} // namespace
} // namespace learning_loop::socketio
