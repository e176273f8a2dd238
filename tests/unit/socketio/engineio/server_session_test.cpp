#include "learning_loop/socketio/engineio/server_session.h"

#include "unit/socketio/engineio/told.h"

#include <gtest/gtest.h>

namespace learning_loop::engineio {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr auto* is_over = "refuse: the session is over";
constexpr auto* has_turned = "refuse: the session goes over a WebSocket";
constexpr auto* no_upgrade = "drop probe: this is no upgrade of Engine.IO";

struct EngineIoServerSessionTest : testing::Test {
    Time const start = Time() + 1000h;
    SessionOptions options;
    ServerSession polling{"the-sid", Transport::polling, options, start};
    ServerSession socket{"the-sid", Transport::websocket, options, start};

    ServerSession polling_with(SessionOptions const& other) const
    {
        return {"the-sid", Transport::polling, other, start};
    }
    void answer_probe(Time now)
    {
        EXPECT_EQ(told(polling.on_websocket(now)), "");
        EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), now)), "send to probe 3probe");
    }
};

// Opening

TEST_F(EngineIoServerSessionTest, offers_an_upgrade_to_who_polls)
{
    auto const opening = opening_of(polling.opening()).value();
    EXPECT_EQ(opening.sid, "the-sid");
    EXPECT_EQ(opening.upgrades, std::vector{"websocket"s});
    EXPECT_EQ(opening.pingInterval, 25'000);
    EXPECT_EQ(opening.pingTimeout, 20'000);
    EXPECT_EQ(opening.maxPayload, options.max_payload);
}

TEST_F(EngineIoServerSessionTest, opens_over_a_websocket_without_an_upgrade)
{
    EXPECT_TRUE(opening_of(socket.opening()).value().upgrades.empty());
    EXPECT_TRUE(told(socket.on_opened_by_websocket()).starts_with(R"(send 0{"sid":"the-sid","upgrades":[],)"));
}

// Messages

TEST_F(EngineIoServerSessionTest, lets_a_poll_wait_until_there_is_something)
{
    EXPECT_EQ(told(polling.on_poll(start)), "");
    EXPECT_EQ(told(polling.send({text("a"), bytes("\x01")})), "answer 4a|bAQ==");
    EXPECT_EQ(told(polling.send({text("b")})), "");
    EXPECT_EQ(told(polling.send({text("c")})), "");
    EXPECT_EQ(told(polling.on_poll(start)), "answer 4b|4c");
    EXPECT_EQ(told(polling.on_poll(start)), "");
}

TEST_F(EngineIoServerSessionTest, answers_a_poll_with_sixteen_packets_at_most)
{
    polling.send(std::vector<Message>(33, text("")));
    auto const sixteen = "answer 4|4|4|4|4|4|4|4|4|4|4|4|4|4|4|4";
    EXPECT_EQ(told(polling.on_poll(start)), sixteen);
    EXPECT_EQ(told(polling.on_poll(start)), sixteen);
    EXPECT_EQ(told(polling.on_poll(start)), "answer 4");
    EXPECT_EQ(told(polling.on_poll(start)), "");
}

TEST_F(EngineIoServerSessionTest, keeps_an_answer_within_the_longest_payload)
{
    options.max_payload = 12;
    auto session = polling_with(options);
    session.send(
        {text("aaa"), text("bbb"), text("cc"), bytes("ddd"), text(std::string(20, 'e')), text("fffff"), text("gggg")});
    EXPECT_EQ(told(session.on_poll(start)), "answer 4aaa|4bbb"); // with the third packet it would be 13 bytes
    EXPECT_EQ(told(session.on_poll(start)), "answer 4cc|bZGRk");
    EXPECT_EQ(told(session.on_poll(start)), "answer 4" + std::string(20, 'e')); // alone, since it has to go
    EXPECT_EQ(told(session.on_poll(start)), "answer 4fffff|4gggg");
}

TEST_F(EngineIoServerSessionTest, delivers_the_messages_of_a_post_in_order)
{
    EXPECT_EQ(told(polling.on_post(payload("4a|bAQ==|6|4|4b"), start)),
              "deliver a, deliver bytes \x01, deliver , deliver b");
}

TEST_F(EngineIoServerSessionTest, ends_for_a_malformed_post_and_delivers_none_of_it)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.on_post(payload("4a|x"), start)),
              "refuse: Engine.IO: a packet is of no type from 0 to 6, answer 1, "
              "end 1002: Engine.IO: a packet is of no type from 0 to 6");
    EXPECT_EQ(told(polling.on_post(payload("4a"), start)), is_over);
    EXPECT_EQ(told(polling.on_poll(start)), is_over);
}

TEST_F(EngineIoServerSessionTest, sends_and_delivers_over_its_websocket)
{
    EXPECT_EQ(told(socket.send({text("a"), bytes("\x01")})), "send 4a, send bytes \x01");
    EXPECT_EQ(told(socket.on_frame(text("4b"), start)), "deliver b");
    EXPECT_EQ(told(socket.on_frame(bytes("4c"), start)), "deliver bytes 4c");
    EXPECT_EQ(told(socket.on_frame(text("6"), start)), "");
    EXPECT_EQ(told(socket.on_poll(start)), has_turned);
    EXPECT_EQ(told(socket.on_post(payload("4a"), start)), has_turned);
    EXPECT_FALSE(socket.is_over());
}

TEST_F(EngineIoServerSessionTest, ends_for_a_malformed_frame)
{
    EXPECT_EQ(told(socket.on_frame(text("bAQ=="), start)), "end 1002: Engine.IO: a packet is of no type from 0 to 6");
}

TEST_F(EngineIoServerSessionTest, ends_for_packets_that_a_client_must_not_send)
{
    for (auto const* wrong : {"0{}", "2", "2probe", "5"}) {
        ServerSession over_socket("a", Transport::websocket, options, start);
        EXPECT_EQ(told(over_socket.on_frame(text(wrong), start)), "end 1002: a client sends no such packet") << wrong;
        auto over_posts = polling_with(options);
        EXPECT_EQ(told(over_posts.on_post(payload("4a|"s + wrong + "|4b"), start)),
                  "deliver a, end 1002: a client sends no such packet")
            << wrong;
    }
}

TEST_F(EngineIoServerSessionTest, ends_when_two_polls_wait)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.on_poll(start)),
              "refuse: another poll of this session waits already, answer 1, end 1002: two polls at once");
}

TEST_F(EngineIoServerSessionTest, never_answers_one_poll_with_what_is_due_to_another)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.on_poll(start + 25s)), // the first is answered by the ping that is due
              "answer 2, refuse: another poll of this session waits already, end 1002: two polls at once");
}

TEST_F(EngineIoServerSessionTest, lets_a_client_go_that_takes_too_little)
{
    options.max_queued_bytes = 1000;
    for (auto const first : {Transport::polling, Transport::websocket}) {
        ServerSession session("a", first, options, start);
        EXPECT_FALSE(told(session.send({text(std::string(800, 'x'))})).starts_with("end"));
        auto const last = told(session.send({text(std::string(300, 'x')), text("y")}));
        EXPECT_EQ(last, "end 1008: the client takes too little of what it is sent");
    }
}

TEST_F(EngineIoServerSessionTest, counts_what_messages_take_beside_their_bytes)
{
    options.max_queued_bytes = 100'000;
    auto session = polling_with(options);
    EXPECT_TRUE(told(session.send(std::vector<Message>(1000, text("")))).starts_with("end 1008"));
}

TEST_F(EngineIoServerSessionTest, has_room_again_for_what_has_gone_out)
{
    options.max_queued_bytes = 1000;
    auto polled = polling_with(options);
    ServerSession sent("a", Transport::websocket, options, start);
    sent.on_opened_by_websocket();
    sent.on_sent(sent.opening().data.bytes.size());
    std::string const most(700, 'x');
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(told(polled.send({text(most)})), "");
        EXPECT_EQ(told(polled.on_poll(start)), "answer 4" + most);
        EXPECT_EQ(told(sent.send({text(most)})), "send 4" + most);
        sent.on_sent(most.size());
    }
}

// Heartbeat

TEST_F(EngineIoServerSessionTest, pings_a_silent_client_and_then_gives_it_up)
{
    EXPECT_EQ(socket.next_time(), start + 25s);
    EXPECT_EQ(told(socket.on_time(start + 25s - 1ms)), "");
    EXPECT_EQ(told(socket.on_time(start + 25s)), "send 2");
    EXPECT_EQ(socket.next_time(), start + 45s);
    EXPECT_EQ(told(socket.on_time(start + 45s - 1ms)), "");
    EXPECT_EQ(told(socket.on_time(start + 45s)), "end 1000: ping timeout");
    EXPECT_EQ(socket.next_time(), Time::max());
}

TEST_F(EngineIoServerSessionTest, pings_who_polls_by_the_poll)
{
    EXPECT_EQ(told(polling.on_time(start + 25s)), "");
    EXPECT_EQ(told(polling.on_poll(start + 30s)), "answer 2");
    EXPECT_EQ(told(polling.on_post(payload("3"), start + 44s)), "");
    EXPECT_EQ(polling.next_time(), start + 69s);
    EXPECT_EQ(told(polling.on_poll(start + 68s)), "");
    EXPECT_EQ(told(polling.on_time(start + 69s)), "answer 2");
    EXPECT_EQ(told(polling.on_poll(start + 70s)), "");
    EXPECT_EQ(told(polling.on_time(start + 89s)), "answer 1, end 1000: ping timeout");
}

TEST_F(EngineIoServerSessionTest, notices_by_a_request_that_its_time_is_over)
{
    auto other = polling;
    polling.on_time(start + 25s);
    other.on_time(start + 25s);
    EXPECT_EQ(told(polling.on_post(payload("4a"), start + 45s)), "end 1000: ping timeout, "s + is_over);
    EXPECT_EQ(told(other.on_poll(start + 45s)), "end 1000: ping timeout, "s + is_over);
}

TEST_F(EngineIoServerSessionTest, pings_an_interval_after_each_pong)
{
    socket.on_time(start + 25s);
    EXPECT_EQ(told(socket.on_frame(text("3"), start + 27s)), "");
    EXPECT_EQ(socket.next_time(), start + 52s);
    EXPECT_EQ(told(socket.on_frame(text("3"), start + 40s)), ""); // one that nobody asked for changes nothing
    EXPECT_EQ(socket.next_time(), start + 52s);
    EXPECT_EQ(told(socket.on_time(start + 52s)), "send 2");
}

TEST_F(EngineIoServerSessionTest, gives_the_full_time_when_its_ping_is_late)
{
    EXPECT_EQ(told(socket.on_time(start + 40s)), "send 2");
    EXPECT_EQ(socket.next_time(), start + 60s);
}

TEST_F(EngineIoServerSessionTest, reads_what_came_before_it_gives_a_client_up_too_late)
{
    socket.on_time(start + 25s);
    EXPECT_EQ(told(socket.on_time(start + 60s)), ""); // a pong may wait to be read
    EXPECT_EQ(socket.next_time(), start + 60s + 100ms);
    auto silent = socket;
    EXPECT_EQ(told(silent.on_time(start + 60s + 100ms)), "end 1000: ping timeout");
    socket.on_frame(text("3"), start + 60s + 1ms);
    EXPECT_EQ(socket.next_time(), start + 85s + 1ms);
}

TEST_F(EngineIoServerSessionTest, waits_longer_for_who_is_in_the_midst_of_a_long_message)
{
    socket.on_time(start + 25s);
    for (auto const due : {45s, 65s, 85s}) {
        socket.on_bytes(10'000); // 500 a second
        EXPECT_EQ(told(socket.on_time(start + due)), "");
        EXPECT_EQ(socket.next_time(), start + due + 20s);
    }
    EXPECT_EQ(told(socket.on_time(start + 105s)), "end 1000: ping timeout");
}

TEST_F(EngineIoServerSessionTest, is_not_kept_by_a_trickle)
{
    socket.on_bytes(1'000'000); // before the ping went out
    socket.on_time(start + 25s);
    socket.on_bytes(9'999);
    EXPECT_EQ(told(socket.on_time(start + 45s)), "end 1000: ping timeout");
}

// Closing

TEST_F(EngineIoServerSessionTest, is_closed_by_its_client)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.on_post(payload("4a|1|4b"), start)), "deliver a, answer 6, end 1000: closed by the client");
    EXPECT_EQ(told(socket.on_frame(text("1"), start)), "end 1000: closed by the client");
}

TEST_F(EngineIoServerSessionTest, is_closed_by_its_application)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.close("enough", http::CloseCode::going_away)), "answer 1, end 1001: enough");
    EXPECT_EQ(told(socket.close("enough", http::CloseCode::normal)), "send 1, end 1000: enough");
}

TEST_F(EngineIoServerSessionTest, ends_with_its_websocket)
{
    EXPECT_EQ(told(socket.on_websocket_closed("a reset", http::CloseCode::too_big)), "end 1009: a reset");
}

TEST_F(EngineIoServerSessionTest, does_nothing_after_its_end)
{
    for (auto* session : {&polling, &socket}) {
        session->close("enough", http::CloseCode::normal);
        EXPECT_TRUE(session->is_over());
        EXPECT_EQ(told(session->on_frame(text("4a"), start)), "");
        EXPECT_EQ(told(session->on_probe_frame(text("2probe"), start)), "");
        EXPECT_EQ(told(session->on_websocket_closed("again", http::CloseCode::normal)), "");
        EXPECT_EQ(told(session->send({text("a")})), "");
        EXPECT_EQ(told(session->close("again", http::CloseCode::normal)), "");
        EXPECT_EQ(told(session->on_time(start + 100h)), "");
        EXPECT_EQ(told(session->on_poll(start)), is_over);
        EXPECT_EQ(told(session->on_post(payload("4a"), start)), is_over);
        EXPECT_EQ(told(session->on_websocket(start)), is_over);
        EXPECT_EQ(session->next_time(), Time::max());
    }
}

// Upgrade

TEST_F(EngineIoServerSessionTest, turns_to_a_websocket)
{
    polling.on_poll(start);
    EXPECT_EQ(told(polling.on_websocket(start)), "");
    EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), start)), "send to probe 3probe, answer 6");
    EXPECT_EQ(polling.transport(), Transport::polling);
    EXPECT_EQ(told(polling.on_probe_frame(text("5"), start + 1s)), "promote");
    EXPECT_EQ(polling.transport(), Transport::websocket);
    EXPECT_EQ(told(polling.send({text("a")})), "send 4a");
    EXPECT_EQ(told(polling.on_frame(text("4b"), start + 1s)), "deliver b");
    EXPECT_EQ(told(polling.on_poll(start + 1s)), has_turned);
    EXPECT_EQ(told(polling.on_post(payload("4c"), start + 1s)), has_turned);
    EXPECT_EQ(polling.next_time(), start + 25s);
}

TEST_F(EngineIoServerSessionTest, sends_polls_home_during_an_upgrade_but_not_too_often)
{
    polling.on_poll(start);
    polling.on_websocket(start);
    EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), start)), "send to probe 3probe, answer 6");
    EXPECT_EQ(told(polling.on_poll(start + 10ms)), "");
    EXPECT_EQ(polling.next_time(), start + 100ms);
    EXPECT_EQ(told(polling.on_time(start + 99ms)), "");
    EXPECT_EQ(told(polling.on_time(start + 100ms)), "answer 6");
    EXPECT_EQ(polling.next_time(), start + 10s); // no poll waits: only the upgrade's end is due
    EXPECT_EQ(told(polling.on_poll(start + 300ms)), "answer 6");
}

TEST_F(EngineIoServerSessionTest, ends_a_poll_that_waits_when_it_turns)
{
    answer_probe(start);
    EXPECT_EQ(told(polling.on_poll(start)), "answer 6");
    EXPECT_EQ(told(polling.on_poll(start + 1ms)), "");
    EXPECT_EQ(told(polling.on_probe_frame(text("5"), start + 2ms)), "answer 6, promote");
}

TEST_F(EngineIoServerSessionTest, takes_posts_and_answers_polls_during_an_upgrade)
{
    answer_probe(start);
    EXPECT_EQ(told(polling.on_post(payload("4a|4b"), start)), "deliver a, deliver b");
    polling.send({text("c")});
    EXPECT_EQ(told(polling.on_poll(start)), "answer 4c");
}

TEST_F(EngineIoServerSessionTest, leaves_alone_what_waited_for_the_upgrade_and_is_to_be_alone)
{
    answer_probe(start);
    polling.send({text("alone")}, true);
    auto const actions = polling.on_probe_frame(text("5"), start);
    EXPECT_EQ(std::get<Send>(actions.back()), (Send{{PacketType::message, text("alone"), true}}));
}

TEST_F(EngineIoServerSessionTest, sends_after_the_upgrade_what_waited_in_order)
{
    answer_probe(start);
    EXPECT_EQ(told(polling.send({text("a"), bytes("b")})), "");
    EXPECT_EQ(told(polling.send({text("c")})), "");
    EXPECT_EQ(told(polling.on_probe_frame(text("5"), start)), "promote, send 4a, send bytes b, send 4c");
    EXPECT_EQ(told(polling.send({text("d")})), "send 4d");
}

TEST_F(EngineIoServerSessionTest, pings_over_the_websocket_after_an_upgrade)
{
    answer_probe(start + 20s);
    EXPECT_EQ(told(polling.on_time(start + 25s)), "");
    EXPECT_EQ(told(polling.on_probe_frame(text("5"), start + 26s)), "promote, send 2");
    EXPECT_EQ(told(polling.on_frame(text("3"), start + 27s)), "");
    EXPECT_EQ(told(polling.on_time(start + 52s)), "send 2");
}

TEST_F(EngineIoServerSessionTest, counts_over_an_upgrade_what_waits)
{
    options.max_queued_bytes = 1000;
    auto session = polling_with(options);
    session.send({text(std::string(300, 'x'))});
    session.on_websocket(start);
    session.on_probe_frame(text("2probe"), start);
    session.on_probe_frame(text("5"), start);
    auto other = session;
    EXPECT_TRUE(told(other.send({text(std::string(500, 'y'))})).starts_with("end 1008"));
    session.on_sent("probe"s.size());
    session.on_sent(300);
    EXPECT_TRUE(told(session.send({text(std::string(500, 'y'))})).starts_with("send 4y"));
}

TEST_F(EngineIoServerSessionTest, refuses_a_second_websocket)
{
    auto const has_one = "refuse: the session has a WebSocket already";
    EXPECT_EQ(told(socket.on_websocket(start)), has_one);
    EXPECT_EQ(told(polling.on_websocket(start)), "");
    EXPECT_EQ(told(polling.on_websocket(start)), has_one);
    EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), start)), "send to probe 3probe");
    EXPECT_EQ(told(polling.on_websocket(start)), has_one);
    EXPECT_EQ(told(polling.on_probe_frame(text("5"), start)), "promote");
    EXPECT_EQ(told(polling.on_websocket(start)), has_one);
    EXPECT_FALSE(polling.is_over() || socket.is_over());
}

TEST_F(EngineIoServerSessionTest, drops_a_websocket_that_does_not_ask_for_an_upgrade)
{
    for (auto const& wrong : {text("2"), text("2probes"), text("5"), text("4probe"), text("3probe"), text(""),
                              text("x"), bytes("2probe")}) {
        polling.on_websocket(start);
        EXPECT_EQ(told(polling.on_probe_frame(wrong, start)), no_upgrade) << wrong.bytes.view();
        EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), start)), ""); // it is gone
    }
    EXPECT_EQ(told(polling.send({text("a")})), "");
    EXPECT_EQ(told(polling.on_poll(start)), "answer 4a");
}

TEST_F(EngineIoServerSessionTest, drops_a_websocket_that_does_not_go_through_with_its_upgrade)
{
    for (auto const& wrong : {text("2probe"), text("4a"), text("1"), text(""), bytes("5")}) {
        answer_probe(start);
        EXPECT_EQ(told(polling.on_probe_frame(wrong, start)), no_upgrade) << wrong.bytes.view();
    }
    EXPECT_EQ(polling.transport(), Transport::polling);
    EXPECT_EQ(told(polling.on_poll(start)), ""); // no longer sent home
}

TEST_F(EngineIoServerSessionTest, drops_an_upgrade_that_takes_too_long)
{
    polling.on_websocket(start);
    EXPECT_EQ(polling.next_time(), start + 10s);
    EXPECT_EQ(told(polling.on_time(start + 10s - 1ms)), "");
    EXPECT_EQ(told(polling.on_time(start + 10s)), "drop probe: it took too long to upgrade");
    EXPECT_EQ(polling.next_time(), start + 25s);
    answer_probe(start + 11s);
    EXPECT_EQ(told(polling.on_time(start + 21s)), "drop probe: it took too long to upgrade");
    EXPECT_EQ(told(polling.on_poll(start + 21s)), "");
}

TEST_F(EngineIoServerSessionTest, lets_a_new_websocket_take_the_place_of_one_that_took_too_long)
{
    polling.on_websocket(start);
    EXPECT_EQ(told(polling.on_websocket(start + 10s)), "drop probe: it took too long to upgrade");
    EXPECT_EQ(polling.next_time(), start + 20s);
}

TEST_F(EngineIoServerSessionTest, goes_on_polling_when_the_websocket_that_tried_closes)
{
    answer_probe(start);
    polling.on_probe_closed();
    EXPECT_EQ(told(polling.on_poll(start)), "");
    EXPECT_EQ(polling.next_time(), start + 25s);
    EXPECT_EQ(told(polling.on_websocket(start + 1s)), "");
}

TEST_F(EngineIoServerSessionTest, ends_with_the_one_that_tries_open)
{
    polling.on_poll(start);
    polling.on_websocket(start);
    EXPECT_EQ(told(polling.on_post(payload("1"), start)), "answer 6, end 1000: closed by the client");
    EXPECT_EQ(told(polling.on_probe_frame(text("2probe"), start)), "");
}

} // namespace
} // namespace learning_loop::engineio
