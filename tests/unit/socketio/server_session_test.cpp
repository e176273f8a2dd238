#include "learning_loop/socketio/server_session.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// What an action is, in a word and what it carries.
struct Told {
    std::string operator()(Send const& one) const
    {
        std::string text = one.is_alone ? "send alone" : "send";
        for (auto const& message : one.messages)
            text += (message.is_binary ? " + " : " ") + std::string(message.bytes.view());
        return text;
    }
    std::string operator()(Join const& one) const { return "join " + one.nsp + " " + to_text(one.auth); }
    std::string operator()(Leave const& one) const { return "leave " + one.nsp; }
    std::string operator()(Event const& one) const
    {
        auto const ack = one.ack_id ? " #" + std::to_string(*one.ack_id) : "";
        return "event " + one.nsp + " " + one.name + ack + " " + text_of(one.arguments);
    }
    std::string operator()(Answer const& one) const
    {
        return "answer " + one.nsp + " #" + std::to_string(one.ack_id) + " " + text_of(one.arguments);
    }
    std::string operator()(End const& one) const
    {
        return "end " + std::to_string(static_cast<int>(one.code)) + ": " + one.why;
    }

private:
    static std::string text_of(Arguments const& arguments)
    {
        auto text = to_text(arguments.values);
        for (auto const& bytes : arguments.attachments) text += " + " + std::string(bytes.view());
        return text;
    }
};

std::string told(ServerActions const& actions)
{
    std::string text;
    for (auto const& action : actions) text += (text.empty() ? "" : ", ") + std::visit(Told(), action);
    return text;
}

constexpr auto* not_connected = "end 1002: a packet to a namespace that is not connected";
constexpr auto* one_attachment = R"(51-["a",{"_placeholder":true,"num":0}])";

struct SocketIoServerSessionTest : testing::Test {
    Time const start = Time() + 1000h;
    ServerSession session{PacketLimits(), start + 45s};

    std::string gets(std::string text) { return gets(std::move(text), start); }
    std::string gets(std::string text, Time now)
    {
        return told(session.on_message({false, Bytes(std::move(text))}, now));
    }
    std::string gets_bytes(std::string bytes, Time now)
    {
        return told(session.on_message({true, Bytes(std::move(bytes))}, now));
    }
    void join(std::string const& nsp)
    {
        EXPECT_EQ(gets("0" + nsp), "join " + nsp + " null");
        EXPECT_TRUE(told(session.admit(nsp, "an-id")).starts_with("send alone 0"));
    }
};

// Connecting

TEST_F(SocketIoServerSessionTest, lets_a_peer_in_that_it_is_told_to_admit)
{
    EXPECT_EQ(gets("0"), "join / null");
    EXPECT_EQ(told(session.admit("/", "an-id")), R"(send alone 0{"sid":"an-id"})");
    EXPECT_EQ(told(session.admit("/", "another")), "");
}

TEST_F(SocketIoServerSessionTest, hands_up_what_a_peer_says_when_it_connects)
{
    EXPECT_EQ(gets(R"(0/admin,{"token":"1"})"), R"(join /admin {"token":"1"})");
    EXPECT_EQ(told(session.admit("/admin", "an-id")), R"(send alone 0/admin,{"sid":"an-id"})");
}

TEST_F(SocketIoServerSessionTest, tells_a_peer_why_it_is_refused)
{
    EXPECT_EQ(gets("0/admin,"), "join /admin null");
    EXPECT_EQ(told(session.refuse("/admin", "no \"way\"")), R"(send 4/admin,{"message":"no \"way\""})");
    EXPECT_EQ(told(session.refuse("/admin", "again")), "");
    EXPECT_EQ(gets("0/admin,"), "join /admin null"); // it may try again
}

TEST_F(SocketIoServerSessionTest, refuses_only_who_waits_for_it)
{
    join("/");
    EXPECT_EQ(told(session.refuse("/", "too late")), "");
    EXPECT_EQ(told(session.emit("/", "a", {})), R"(send 2["a"])");
    session.leave("/");
    EXPECT_EQ(told(session.refuse("/", "too late")), "");
    EXPECT_EQ(told(session.admit("/", "too late")), "");
}

TEST_F(SocketIoServerSessionTest, ends_for_a_packet_before_its_connect)
{
    for (auto const* early : {R"(2["a"])", "1", "30[]", "4{}", R"(2/admin,["a"])"}) {
        session = ServerSession(PacketLimits(), start + 45s);
        EXPECT_EQ(gets(early), not_connected) << early;
        session = ServerSession(PacketLimits(), start + 45s);
        gets("0");
        EXPECT_EQ(gets(early), not_connected) << early << " while it joins";
    }
}

TEST_F(SocketIoServerSessionTest, ends_for_a_second_connect)
{
    auto const twice = "end 1002: a CONNECT to a namespace that is connected";
    auto other = session;
    gets("0");
    EXPECT_EQ(gets("0"), twice);
    session = other;
    join("/");
    EXPECT_EQ(gets("0"), twice);
}

TEST_F(SocketIoServerSessionTest, ends_when_no_connect_comes_in_time)
{
    EXPECT_EQ(session.next_time(), start + 45s);
    EXPECT_EQ(told(session.on_time(start + 45s - 1ms)), "");
    auto other = session;
    EXPECT_EQ(told(other.on_time(start + 45s)), "end 1002: no CONNECT came in time");
    EXPECT_EQ(other.next_time(), Time::max());
    gets("0/nonsense,");
    session.refuse("/nonsense", "Invalid namespace");
    EXPECT_EQ(session.next_time(), start + 45s);
    join("/");
    EXPECT_EQ(session.next_time(), Time::max());
    EXPECT_EQ(told(session.on_time(start + 45s)), "");
}

TEST_F(SocketIoServerSessionTest, ends_for_what_only_servers_send)
{
    join("/");
    EXPECT_EQ(gets("4{}"), "end 1002: a client sends no such packet");
}

TEST_F(SocketIoServerSessionTest, ends_for_what_is_no_packet)
{
    EXPECT_EQ(gets("9"), "end 1002: Socket.IO: a packet is of no type from 0 to 6");
    EXPECT_EQ(gets("0"), "");
}

// Leaving

TEST_F(SocketIoServerSessionTest, is_left_by_its_peer)
{
    join("/");
    EXPECT_EQ(gets("1"), "leave /");
    EXPECT_EQ(told(session.emit("/", "a", {})), "");
    join("/");
    EXPECT_EQ(gets(R"(2["a"])"), "event / a []");
}

TEST_F(SocketIoServerSessionTest, leaves_its_peer_and_ignores_what_comes_late)
{
    join("/admin");
    EXPECT_EQ(told(session.leave("/admin")), "send 1/admin,, leave /admin");
    EXPECT_EQ(told(session.leave("/admin")), "");
    for (auto const* late : {R"(2/admin,["a"])", R"(2/admin,1["a"])", "3/admin,0[]", "1/admin,"})
        EXPECT_EQ(gets(late), "") << late;
    EXPECT_EQ(told(session.emit("/admin", "a", {})), "");
    EXPECT_EQ(told(session.acknowledge("/admin", 1, {})), "");
    join("/admin");
    EXPECT_EQ(told(session.emit("/admin", "a", {})), R"(send 2/admin,["a"])");
}

TEST_F(SocketIoServerSessionTest, leaves_only_who_has_joined)
{
    EXPECT_EQ(told(session.leave("/")), "");
    gets("0");
    EXPECT_EQ(told(session.leave("/")), "");
    EXPECT_EQ(told(session.admit("/", "an-id")), R"(send alone 0{"sid":"an-id"})");
}

// Events

TEST_F(SocketIoServerSessionTest, hands_up_events_and_sends_their_acks)
{
    join("/");
    EXPECT_EQ(gets(R"(2["a",1])"), "event / a [1]");
    EXPECT_EQ(gets(R"(27["a"])"), "event / a #7 []");
    EXPECT_EQ(told(session.acknowledge("/", 7, Arguments::of("x"s))), R"(send 37["x"])");
}

TEST_F(SocketIoServerSessionTest, hands_up_an_event_when_its_attachments_are_there)
{
    join("/");
    EXPECT_EQ(gets(one_attachment), "");
    EXPECT_EQ(gets_bytes("xyz", start), R"(event / a [{"_placeholder":true,"num":0}] + xyz)");
}

TEST_F(SocketIoServerSessionTest, sends_events_with_their_attachments)
{
    join("/");
    EXPECT_EQ(told(session.emit("/", "a", Arguments::of(1, Bytes("xyz"s)))),
              R"(send 51-["a",1,{"_placeholder":true,"num":0}] + xyz)");
    EXPECT_EQ(told(session.emit("/elsewhere", "a", {})), "");
    EXPECT_EQ(told(session.acknowledge("/elsewhere", 1, {})), "");
}

TEST_F(SocketIoServerSessionTest, gives_each_call_an_id_and_hands_up_its_ack)
{
    join("/");
    for (std::uint64_t expected : {0U, 1U, 2U}) {
        auto const [id, actions] = session.call("/", "a", {});
        EXPECT_EQ(id, expected);
        EXPECT_EQ(told(actions), "send 2" + std::to_string(id) + R"(["a"])");
    }
    EXPECT_EQ(gets("31[5]"), "answer / #1 [5]");
    EXPECT_EQ(gets("30[]"), "answer / #0 []");
    EXPECT_EQ(gets("30[]"), "answer / #0 []"); // whether it comes twice is for others to know
    EXPECT_TRUE(session.call("/elsewhere", "a", {}).second.empty());
}

TEST_F(SocketIoServerSessionTest, ends_for_an_ack_to_nothing_that_was_sent)
{
    join("/");
    auto other = session;
    EXPECT_EQ(gets("30[]"), "end 1002: an ack to nothing that was sent");
    session = other;
    session.call("/", "a", {});
    EXPECT_EQ(gets("39007199254740991[]"), "end 1002: an ack to nothing that was sent");
}

TEST_F(SocketIoServerSessionTest, never_gives_an_id_twice)
{
    join("/");
    join("/admin");
    EXPECT_EQ(session.call("/", "a", {}).first, 0u);
    EXPECT_EQ(session.call("/admin", "a", {}).first, 1u);
    gets("1");
    join("/");
    EXPECT_EQ(session.call("/", "a", {}).first, 2u);
    session.leave("/");
    join("/");
    EXPECT_EQ(session.call("/", "a", {}).first, 3u);
}

TEST_F(SocketIoServerSessionTest, keeps_namespaces_apart)
{
    join("/");
    join("/admin");
    EXPECT_EQ(gets(R"(2["a"])"), "event / a []");
    EXPECT_EQ(gets(R"(2/admin,3["a"])"), "event /admin a #3 []");
    EXPECT_EQ(gets("1"), "leave /");
    EXPECT_EQ(gets(R"(2/admin,["b"])"), "event /admin b []");
    EXPECT_EQ(told(session.acknowledge("/admin", 3, {})), "send 3/admin,3[]");
    EXPECT_EQ(gets(R"(2["a"])"), not_connected);
}

// Attachments that do not come

TEST_F(SocketIoServerSessionTest, ends_when_attachments_are_withheld)
{
    join("/");
    gets(one_attachment, start);
    EXPECT_EQ(session.next_time(), start + 20s);
    EXPECT_EQ(told(session.on_time(start + 20s - 1ms)), "");
    EXPECT_EQ(told(session.on_time(start + 20s)), "end 1002: the attachments of a packet do not come");
    EXPECT_EQ(session.next_time(), Time::max());
}

TEST_F(SocketIoServerSessionTest, waits_for_attachments_that_come_slowly)
{
    join("/");
    gets(one_attachment, start);
    session.on_bytes(20 * 500);
    EXPECT_EQ(told(session.on_time(start + 20s)), "");
    EXPECT_EQ(session.next_time(), start + 40s);
    EXPECT_EQ(told(session.on_time(start + 40s)), "end 1002: the attachments of a packet do not come");
}

TEST_F(SocketIoServerSessionTest, watches_a_binary_packet_before_its_connect_too)
{
    gets(one_attachment, start + 40s);
    EXPECT_EQ(session.next_time(), start + 45s);
    EXPECT_EQ(told(session.on_time(start + 45s)), "end 1002: no CONNECT came in time");
}

TEST_F(SocketIoServerSessionTest, lets_go_of_what_was_gathered_when_it_ends)
{
    join("/");
    gets(R"(52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
    auto owner = std::make_shared<std::string>("kept");
    std::weak_ptr<std::string> const watched = owner;
    std::string_view const view = *owner;
    EXPECT_EQ(told(session.on_message({true, Bytes(std::move(owner), view)}, start)), "");
    EXPECT_FALSE(watched.expired());
    session.on_time(start + 20s);
    EXPECT_TRUE(watched.expired());
}

TEST_F(SocketIoServerSessionTest, does_nothing_after_its_end)
{
    join("/");
    gets("0/admin");
    gets("x");
    EXPECT_EQ(gets("0/other"), "");
    EXPECT_EQ(gets(R"(2["a"])"), "");
    EXPECT_EQ(told(session.on_time(start + 100h)), "");
    EXPECT_EQ(told(session.admit("/admin", "an-id")), "");
    EXPECT_EQ(told(session.refuse("/admin", "no")), "");
    EXPECT_EQ(told(session.leave("/")), "");
    EXPECT_EQ(told(session.emit("/", "a", {})), "");
    EXPECT_EQ(told(session.acknowledge("/", 0, {})), "");
    EXPECT_TRUE(session.call("/", "a", {}).second.empty());
}

} // namespace
} // namespace learning_loop::socketio
