#include "learning_loop/socketio/client_session.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;

struct SocketIoClientSessionTest : testing::Test {
    Time const start = Time() + 1000h;
    ClientSession session{{}, "/"};

    /// What it says to a text, in a word each.
    std::string told(std::string text) { return told(session.on_message({false, Bytes(std::move(text))}, start)); }
    static std::string told(ClientActions const& actions)
    {
        std::string text;
        for (auto const& action : actions) text += (text.empty() ? "" : ", ") + word_of(action);
        return text;
    }
    static std::string word_of(ClientAction const& action)
    {
        if (auto const* send = std::get_if<Send>(&action))
            return "send " + std::string(send->messages.front().bytes.view());
        if (auto const* joined = std::get_if<Joined>(&action)) return "joined as " + joined->id;
        if (auto const* refused = std::get_if<Refused>(&action)) return "refused: " + refused->why;
        if (auto const* event = std::get_if<Event>(&action))
            return event->name + to_text(event->arguments.values) + (event->ack_id ? " wants ack" : "");
        if (auto const* answer = std::get_if<Answer>(&action))
            return "answer " + std::to_string(answer->ack_id) + to_text(answer->arguments.values);
        return "end " + std::to_string(static_cast<int>(std::get<End>(action).code)) + ": " + std::get<End>(action).why;
    }
    void join() { EXPECT_EQ(told(R"(0{"sid":"me"})"), "joined as me"); }
};

TEST_F(SocketIoClientSessionTest, connects_with_and_without_auth)
{
    EXPECT_EQ(told(session.connect(nullptr)), "send 0");
    EXPECT_EQ(told(session.connect({{"token", "1"}})), R"(send 0{"token":"1"})");
    ClientSession other({}, "/admin");
    EXPECT_EQ(told(other.connect(nullptr)), "send 0/admin,");
}

TEST_F(SocketIoClientSessionTest, sends_nothing_before_it_is_let_in)
{
    EXPECT_EQ(told(session.emit("a", {})), "");
    EXPECT_EQ(told(session.call("a", {}).second), "");
    EXPECT_FALSE(session.has_joined());
    join();
    EXPECT_TRUE(session.has_joined());
    EXPECT_EQ(told(session.emit("a", Arguments::of(1))), R"(send 2["a",1])");
}

TEST_F(SocketIoClientSessionTest, keeps_some_events_that_come_before_it_is_let_in)
{
    EXPECT_EQ(told(R"(2["early",1])"), "");
    EXPECT_EQ(told(R"(2["early",2])"), "");
    EXPECT_EQ(told(R"(0{"sid":"me"})"), "joined as me, early[1], early[2]");
    ClientSession other({}, "/");
    auto const event = [&] { return told(other.on_message({false, Bytes(R"(2["a"])")}, start)); };
    for (int i = 0; i < 16; ++i) EXPECT_EQ(event(), "");
    EXPECT_EQ(event(), "end 1002: the server sends packets out of turn");
}

TEST_F(SocketIoClientSessionTest, tells_why_it_is_refused)
{
    EXPECT_EQ(told(R"(4{"message":"no"})"), "refused: no");
    EXPECT_EQ(told(R"(0{"sid":"me"})"), "");
    ClientSession other({}, "/");
    EXPECT_EQ(told(other.on_message({false, Bytes(R"(4"just so")")}, start)), "refused: just so");
}

TEST_F(SocketIoClientSessionTest, numbers_its_calls_and_hands_on_the_answers)
{
    join();
    auto const [first, sent] = session.call("a", {});
    EXPECT_EQ(first, 0u);
    EXPECT_EQ(told(sent), R"(send 20["a"])");
    EXPECT_EQ(session.call("a", {}).first, 1u);
    EXPECT_EQ(told("31[true]"), "answer 1[true]");
}

TEST_F(SocketIoClientSessionTest, hands_on_events_and_acks_them)
{
    join();
    EXPECT_EQ(told(R"(2["a",1])"), "a[1]");
    EXPECT_EQ(told(R"(27["a",1])"), "a[1] wants ack");
    EXPECT_EQ(told(session.acknowledge(7, Arguments::of("done"))), R"(send 37["done"])");
}

TEST_F(SocketIoClientSessionTest, gets_attachments)
{
    join();
    EXPECT_EQ(told(R"(51-["a",{"_placeholder":true,"num":0}])"), "");
    auto const actions = session.on_message({true, Bytes("bytes")}, start);
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(std::get<Event>(actions.front()).arguments.attachments.front().view(), "bytes");
}

TEST_F(SocketIoClientSessionTest, ends_when_announced_attachments_do_not_come)
{
    join();
    told(R"(51-["a",{"_placeholder":true,"num":0}])");
    EXPECT_EQ(told(session.on_time(start + 19s)), "");
    EXPECT_EQ(told(session.on_time(start + 20s)), "end 1002: the attachments of a packet do not come");
    EXPECT_FALSE(session.has_joined());
}

TEST_F(SocketIoClientSessionTest, ends_when_the_server_disconnects_it)
{
    join();
    EXPECT_EQ(told("1"), "end 1000: disconnected by the server");
    EXPECT_EQ(told(R"(2["a"])"), "");
}

TEST_F(SocketIoClientSessionTest, ends_by_packets_out_of_turn_or_malformed)
{
    for (std::string const packet : {"30[]", "1", "x", "2", "51-"}) {
        ClientSession early({}, "/");
        EXPECT_TRUE(told(early.on_message({false, Bytes(packet)}, start)).starts_with("end 1002: ")) << packet;
    }
    for (std::string const packet :
         {R"(0{"sid":"again"})", R"(4{"message":"late"})", "7", "2{}", R"(2["disconnect"])"}) {
        ClientSession late({}, "/");
        late.on_message({false, Bytes(R"(0{"sid":"me"})")}, start);
        EXPECT_TRUE(told(late.on_message({false, Bytes(packet)}, start)).starts_with("end 1002: ")) << packet;
    }
}

TEST_F(SocketIoClientSessionTest, minds_its_own_namespace_only)
{
    join();
    EXPECT_EQ(told(R"(2/other,["a"])"), "");
    EXPECT_EQ(told("1/other,"), "");
    EXPECT_TRUE(session.has_joined());
}

} // namespace
} // namespace learning_loop::socketio
