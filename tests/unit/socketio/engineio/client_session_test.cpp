#include "learning_loop/socketio/engineio/client_session.h"

#include "unit/socketio/engineio/told.h"

#include <gtest/gtest.h>

namespace learning_loop::engineio {
namespace {

using namespace std::chrono_literals;

constexpr auto opening =
    R"(0{"sid":"s","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000})";
constexpr auto opening_without_upgrade =
    R"(0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000})";

struct EngineIoClientSessionTest : testing::Test {
    Time const start = Time() + 1000h;
    ClientSession socket{{Transport::websocket, true, 10'000}, start};
    ClientSession polling{{Transport::polling, true, 10'000}, start};

    std::string polled(std::string const& text) { return told(polling.on_poll_answer(payload(text), start)); }
    std::string framed(std::string const& frame) { return told(socket.on_frame(text(frame), start)); }

    /// The upgrade is granted while a poll is under way.
    void grant_upgrade()
    {
        EXPECT_EQ(polled(opening), "opened, open probe, poll");
        EXPECT_EQ(told(polling.on_probe_open()), "send to probe 2probe");
        EXPECT_EQ(told(polling.on_probe_frame(text("3probe"))), "");
    }
};

TEST_F(EngineIoClientSessionTest, is_opened_over_a_websocket)
{
    EXPECT_EQ(framed(opening), "opened");
    EXPECT_EQ(socket.sid(), "s");
    EXPECT_EQ(told(socket.send({text("a"), bytes("b")})), "send 4a, send bytes b");
}

TEST_F(EngineIoClientSessionTest, is_opened_by_a_poll_that_may_bring_more)
{
    EXPECT_EQ(polled(std::string(opening_without_upgrade) + "|4a"), "opened, deliver a, poll");
}

TEST_F(EngineIoClientSessionTest, does_not_upgrade_when_it_is_not_to)
{
    ClientSession session({Transport::polling, false, 100}, start);
    EXPECT_EQ(told(session.on_poll_answer(payload(opening), start)), "opened, poll");
}

TEST_F(EngineIoClientSessionTest, ends_when_a_server_opens_it_wrongly)
{
    for (std::string const frame :
         {"4a", "0", "0{}", R"(0{"sid":"","upgrades":[],"pingInterval":1,"pingTimeout":1,"maxPayload":1})",
          R"(0{"sid":"s","upgrades":[],"pingInterval":0,"pingTimeout":1,"maxPayload":1})",
          R"(0{"sid":"s","upgrades":[],"pingInterval":1,"pingTimeout":-1,"maxPayload":1})",
          R"(0{"sid":"s","upgrades":[],"pingInterval":99999999999,"pingTimeout":1,"maxPayload":1})"}) {
        ClientSession session({Transport::websocket, true, 100}, start);
        EXPECT_TRUE(told(session.on_frame(text(frame), start)).starts_with("end 1002: ")) << frame;
        EXPECT_TRUE(session.is_over());
        EXPECT_EQ(told(session.on_frame(text(opening), start)), "") << frame;
    }
}

TEST_F(EngineIoClientSessionTest, answers_a_ping_over_each_transport)
{
    framed(opening);
    EXPECT_EQ(framed("2"), "send 3");
    polled(opening_without_upgrade);
    EXPECT_EQ(polled("2"), "post 3, poll");
}

TEST_F(EngineIoClientSessionTest, ends_when_the_server_has_been_silent_for_too_long)
{
    framed(opening);
    EXPECT_EQ(socket.next_time(), start + 45s);
    EXPECT_EQ(told(socket.on_time(start + 45s - 1ms)), "");
    socket.on_bytes(start + 40s); // of a long message
    EXPECT_EQ(told(socket.on_time(start + 45s)), "");
    EXPECT_EQ(told(socket.on_time(start + 85s)), "end 1000: the server has fallen silent");
}

TEST_F(EngineIoClientSessionTest, posts_one_payload_at_a_time_in_order)
{
    polled(opening_without_upgrade);
    EXPECT_EQ(told(polling.send({text("a")})), "post 4a");
    EXPECT_EQ(told(polling.send({text("b")})), "");
    EXPECT_EQ(told(polling.send({bytes("c"), text("d")})), "");
    EXPECT_EQ(told(polling.on_posted()), "post 4b|bYw==|4d");
    EXPECT_EQ(told(polling.on_posted()), "");
}

TEST_F(EngineIoClientSessionTest, posts_no_more_packets_than_peers_take)
{
    polled(opening_without_upgrade);
    EXPECT_EQ(told(polling.send({text("0")})), "post 40");
    EXPECT_EQ(told(polling.send(std::vector<Message>(17, text("x")))), "");
    auto const first = told(polling.on_posted());
    EXPECT_EQ(std::count(first.begin(), first.end(), 'x'), 16);
    EXPECT_EQ(told(polling.on_posted()), "post 4x");
}

TEST_F(EngineIoClientSessionTest, posts_no_longer_payload_than_the_server_takes)
{
    ClientSession session({Transport::polling, true, 10'000}, start);
    session.on_poll_answer(payload(opening_without_upgrade), start);
    session.send({text("0")});
    session.send({text(std::string(600, 'a')), text(std::string(600, 'b')), text(std::string(2000, 'c'))});
    EXPECT_EQ(told(session.on_posted()), "post 4" + std::string(600, 'a'));
    EXPECT_EQ(told(session.on_posted()), "post 4" + std::string(600, 'b'));
    EXPECT_EQ(told(session.on_posted()), "post 4" + std::string(2000, 'c')); // the server is to refuse it
}

TEST_F(EngineIoClientSessionTest, turns_to_the_websocket_when_the_last_poll_is_over)
{
    grant_upgrade();
    EXPECT_EQ(told(polling.send({text("a")})), ""); // waits for the turn
    EXPECT_EQ(polled("4late"), "deliver late, send to probe 5, promote, send 4a");
    EXPECT_EQ(told(polling.on_frame(text("4now"), start)), "deliver now");
    EXPECT_EQ(told(polling.send({text("b")})), "send 4b");
}

TEST_F(EngineIoClientSessionTest, turns_to_the_websocket_when_the_last_post_is_over)
{
    EXPECT_EQ(polled(opening), "opened, open probe, poll");
    EXPECT_EQ(told(polling.send({text("a")})), "post 4a");
    polling.on_probe_open();
    EXPECT_EQ(told(polling.on_probe_frame(text("3probe"))), "");
    EXPECT_EQ(polled("6"), "");
    EXPECT_EQ(told(polling.on_posted()), "send to probe 5, promote");
}

TEST_F(EngineIoClientSessionTest, goes_on_polling_when_the_upgrade_fails)
{
    EXPECT_EQ(polled(opening), "opened, open probe, poll");
    EXPECT_EQ(told(polling.on_probe_closed()), "");
    EXPECT_EQ(polled("4a"), "deliver a, poll");
    EXPECT_EQ(told(polling.send({text("b")})), "post 4b");
}

TEST_F(EngineIoClientSessionTest, drops_a_websocket_that_answers_the_probe_wrongly)
{
    for (std::string const frame : {"3", "3prob", "2probe", "4probe", "x", ""}) {
        ClientSession session({Transport::polling, true, 100}, start);
        session.on_poll_answer(payload(opening), start);
        session.on_probe_open();
        EXPECT_EQ(told(session.on_probe_frame(text(frame))), "drop probe: the server does not grant the upgrade");
        EXPECT_EQ(told(session.on_poll_answer(payload("6"), start)), "poll");
    }
}

TEST_F(EngineIoClientSessionTest, polls_again_when_the_websocket_is_lost_before_the_turn)
{
    grant_upgrade();
    EXPECT_EQ(told(polling.send({text("a")})), "");
    EXPECT_EQ(told(polling.on_probe_closed()), "post 4a"); // the poll is still under way
    EXPECT_EQ(polled("6"), "poll");
}

TEST_F(EngineIoClientSessionTest, ends_by_the_packets_a_server_may_not_send)
{
    for (std::string const frame : {"0", "3", "5", "7", ""}) {
        ClientSession session({Transport::websocket, true, 100}, start);
        session.on_frame(text(opening), start);
        EXPECT_TRUE(told(session.on_frame(text(frame), start)).starts_with("end 1002: ")) << frame;
    }
}

TEST_F(EngineIoClientSessionTest, ends_when_the_server_closes)
{
    framed(opening);
    EXPECT_EQ(framed("1"), "end 1000: closed by the server");
    polled(opening_without_upgrade);
    EXPECT_EQ(polled("4a|1|4b"), "deliver a, end 1000: closed by the server");
    EXPECT_EQ(polled("4c"), "");
}

TEST_F(EngineIoClientSessionTest, tells_the_server_when_it_closes)
{
    framed(opening);
    EXPECT_EQ(told(socket.close("enough", http::CloseCode::going_away)), "send 1, end 1001: enough");
    polled(opening_without_upgrade);
    EXPECT_EQ(told(polling.close("enough", http::CloseCode::normal)), "post 1, end 1000: enough");
    EXPECT_EQ(told(polling.close("again", http::CloseCode::normal)), "");
}

TEST_F(EngineIoClientSessionTest, ends_when_the_server_takes_too_little)
{
    ClientSession session({Transport::websocket, true, 2 * bytes_in_memory(60)}, start);
    session.on_frame(text(opening), start);
    auto const send = [&] { return told(session.send({bytes(std::string(60, 'a'))})); };
    EXPECT_EQ(send(), "send bytes " + std::string(60, 'a'));
    session.on_sent(60);
    EXPECT_EQ(send(), "send bytes " + std::string(60, 'a'));
    EXPECT_EQ(send(), "send bytes " + std::string(60, 'a'));
    EXPECT_EQ(send(), "end 1000: the server takes too little of what it is sent");
}

TEST_F(EngineIoClientSessionTest, counts_empty_messages_too)
{
    framed(opening);
    std::string last;
    for (int i = 0; i < 100 && !socket.is_over(); ++i) last = told(socket.send({text("")}));
    EXPECT_EQ(last, "end 1000: the server takes too little of what it is sent");
}

TEST_F(EngineIoClientSessionTest, says_nothing_before_it_is_open)
{
    EXPECT_EQ(told(socket.send({text("a")})), "");
    EXPECT_EQ(told(socket.close("enough", http::CloseCode::normal)), "end 1000: enough");
    EXPECT_EQ(told(polling.close("enough", http::CloseCode::normal)), "end 1000: enough");
}

TEST_F(EngineIoClientSessionTest, asks_a_server_that_answers_with_nothing_once_a_second)
{
    polled(opening_without_upgrade);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(polled("6"), "poll");
    EXPECT_EQ(polled("6"), "poll in 1000 ms");
    EXPECT_EQ(polled("4a"), "deliver a, poll");
    EXPECT_EQ(polled("6"), "poll");
}

TEST_F(EngineIoClientSessionTest, takes_a_server_that_does_not_tell_its_longest_payload)
{
    EXPECT_EQ(polled(R"(0{"sid":"s","upgrades":[],"pingInterval":1,"pingTimeout":1})"), "opened, poll");
}

TEST_F(EngineIoClientSessionTest, frees_what_was_posted)
{
    polled(opening_without_upgrade);
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(told(polling.send({text(std::string(60, 'a'))})).starts_with("post ")) << i;
        EXPECT_EQ(told(polling.on_posted()), "");
    }
}

TEST_F(EngineIoClientSessionTest, tells_why_the_connection_failed)
{
    EXPECT_EQ(told(socket.on_failure("refused")), "end 1000: refused");
    EXPECT_EQ(told(socket.on_failure("again")), "");
    EXPECT_EQ(socket.next_time(), Time::max());
}

} // namespace
} // namespace learning_loop::engineio
