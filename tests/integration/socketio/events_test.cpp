// Events and acks over a real socket, from both sides: what handlers give, what names and ids may be, who is told when
// a peer comes and goes.
#include "integration/socketio/socketio_fixture.h"

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;
using test::RawSocketIo;

struct EventsTest : SocketIoFixture {
    /// Has the server call the peer that connected last; the answer comes on the io thread.
    std::future<Result<Arguments>> call(std::chrono::milliseconds timeout, std::string const& event = "question",
                                        std::string const& text = "why")
    {
        return boost::asio::co_spawn(server->executor(), ask(event, text, timeout), boost::asio::use_future);
    }
    Task<Result<Arguments>> ask(std::string event, std::string text, std::chrono::milliseconds timeout)
    {
        auto arguments = Arguments::of(text);
        co_return co_await io->call(last_peer, std::move(event), std::move(arguments), timeout);
    }

    void emit(std::string const& event, Arguments const& arguments)
    {
        server->on_io([&] {
            io->emit(last_peer, event, arguments);
            return 0;
        });
    }
};

std::string error_of(Result<Arguments> const& answer)
{
    return answer ? "none" : answer.error().message;
}

/// Whoever opens a connection is a node of that name; nobody may without one.
struct NameDoor final : http::Doorkeeper {
    Result<void> admit(http::Route const&, http::Request& request) override
    {
        if (name.empty()) return Error{Errc::unauthorized, "who asks?"};
        request.caller = {http::Caller::Kind::node, name, http::Access::nodes, {}};
        return {};
    }
    std::string name;
};

struct KnownCallersTest : EventsTest {
    KnownCallersTest()
    {
        guard = &door;
        more = [this](Server& started) { started.of("/").events.on("who", *this, &KnownCallersTest::who); };
    }

    Task<Result<std::string>> who(std::string question, http::Caller caller) { co_return question + " " + caller.name; }

    NameDoor door;
};

TEST_F(KnownCallersTest, a_handler_is_told_who_opened_the_connection)
{
    EXPECT_EQ(test::RawPolling(port(), "/socket.io").opening().status, 401);
    door.name = "cam1";
    auto const first = client();
    door.name = "cam2";
    auto const second = client();
    first->send(R"(21["who","is it"])");
    second->send(R"(21["who","is it"])");
    EXPECT_EQ(first->next(), R"(31["is it cam1"])");
    EXPECT_EQ(second->next(), R"(31["is it cam2"])");
}

TEST_F(EventsTest, handlers_give_values_errors_and_nothing)
{
    auto const peer = client();
    struct Case {
        std::string event;
        std::string ack;
    };
    for (auto const& one : std::vector<Case>{
             {R"(21["add",1,2])", "31[3]"},
             {R"(22["echo",{"a":[null]},"b"])", R"(32[{"a":[null]},"b"])"},
             {R"(23["fail"])", R"(33[{"error":"there is no such thing"}])"},
             {R"(24["throw"])", R"(34[{"error":"internal error: the program's log tells what happened"}])"},
             {R"(26["nobody handles this"])", "36[]"},
             {R"(20["add",1,2])", "30[3]"}}) {
        peer->send(one.event);
        EXPECT_EQ(peer->next(), one.ack) << one.event;
    }
}

TEST_F(EventsTest, arguments_that_are_wrong_are_named_and_the_connection_lives_on)
{
    auto const peer = client();
    for (std::string const arguments : {"", ",1", ",1,null", ",\"x\",2", ",1,2.5", ",1e30,2", ",{},[]"}) {
        peer->send("27[\"add\"" + arguments + "]");
        auto const ack = peer->next();
        EXPECT_TRUE(ack.starts_with(R"(37[{"error":"argument )")) << arguments << ": " << ack;
    }
    expect_served(*peer);
}

TEST_F(EventsTest, an_event_without_an_ack_gets_none)
{
    auto const peer = client();
    for (auto const* event : {R"(2["add",1,2])", R"(2["fail"])", R"(2["throw"])", R"(2["add"])"}) peer->send(event);
    expect_served(*peer); // nothing else comes before it
}

TEST_F(EventsTest, names_are_but_names)
{
    staying = 1;
    auto const peer = client();
    for (std::string const name : {"", "__proto__", "constructor", "toString", "a\\u0000b", "\\ud83d\\udc1e", "2"}) {
        peer->send("21[\"" + name + "\",1]");
        EXPECT_EQ(peer->next(), "31[]") << name;
    }
    peer->send("21[\"" + std::string(1 << 20, 'n') + "\"]");
    EXPECT_EQ(peer->next(), "31[]");
    for (std::string const name : {"connect", "connect_error", "disconnect", "disconnecting", "newListener"})
        expect_ended({"21[\"" + name + "\"]"});
}

TEST_F(EventsTest, ack_ids_are_whole_numbers_that_javascript_knows)
{
    staying = 1;
    auto const peer = client();
    peer->send(R"(29007199254740991["add",1,2])");
    EXPECT_EQ(peer->next(), "39007199254740991[3]");
    peer->send(R"(2007["add",1,2])");
    EXPECT_EQ(peer->next(), "37[3]");
    for (std::string const id : {"9007199254740992", "9007199254740993", "18446744073709551616", "-1", "1.5", "1e3",
                                 "+1", "99999999999999999999999999999999"})
        expect_ended({"2" + id + R"(["add",1,2])"});
}

TEST_F(EventsTest, the_same_ack_id_may_come_twice)
{
    auto const peer = client();
    peer->send(R"(21["add",1,2])");
    peer->send(R"(21["add",3,4])");
    EXPECT_EQ(peer->next(), "31[3]");
    EXPECT_EQ(peer->next(), "31[7]");
}

TEST_F(EventsTest, packets_that_are_none_end_the_connection)
{
    for (std::string const packet : {"",
                                     "7",
                                     "9",
                                     "x",
                                     "-",
                                     "2[",
                                     "2]",
                                     "2\"a\"",
                                     "2[\"a\"]x",
                                     "2[\"a\"",
                                     "3",
                                     "3[]",
                                     "31",
                                     "31{}",
                                     "30[]",
                                     "4",
                                     "4{}",
                                     "1{}",
                                     "0",
                                     "0[]",
                                     "0{\"a\":1",
                                     "0/other,[]",
                                     "2/other,[\"add\"]",
                                     "2/nowhere,[\"add\"]",
                                     "1/other,"})
        expect_ended({packet});
    expect_ended({"2/" + std::string(1000, 'n') + ",[\"a\"]"});
    expect_ended({"0/" + std::string(1 << 20, 'n') + ","});
}

TEST_F(EventsTest, namespaces_that_nobody_declared_are_refused_and_not_kept)
{
    auto const peer = client();
    for (int i = 0; i < 10'000; ++i) {
        auto const nsp = "/nowhere" + std::to_string(i);
        ASSERT_EQ(peer->connect(nsp), "4" + nsp + R"(,{"message":"Invalid namespace"})");
    }
    EXPECT_EQ(peer->connect("/__proto__"), R"(4/__proto__,{"message":"Invalid namespace"})");
    expect_served(*peer);
}

TEST_F(EventsTest, a_client_that_connects_to_nothing_is_let_go)
{
    socketio_options.connect_timeout = 200ms;
    RawSocketIo silent(port());
    EXPECT_EQ(silent.close_code(), 1002);
    EXPECT_TRUE(has_connections(0));
}

TEST_F(EventsTest, namespaces_are_joined_and_left_one_by_one)
{
    auto const peer = client();
    EXPECT_TRUE(peer->connect("/other").starts_with(R"(0/other,{"sid":")"));
    peer->send(R"(2/other,1["add",1,2])");
    EXPECT_EQ(peer->next(), "3/other,1[3]");
    peer->send("1/other,");
    EXPECT_TRUE(notes.come("disconnected /other"));
    expect_served(*peer);
    EXPECT_TRUE(peer->connect("/other").starts_with(R"(0/other,{"sid":")"));
    EXPECT_EQ(notes.count("disconnected /"), 0U);
}

TEST_F(EventsTest, who_comes_and_goes_is_told_once)
{
    {
        auto const peer = client();
        peer->connect("/other");
        EXPECT_EQ(notes.count("connected /"), 1U);
    }
    EXPECT_TRUE(notes.come("disconnected /"));
    EXPECT_TRUE(has_connections(0));
    for (auto const* note : {"connected /", "connected /other", "disconnected /", "disconnected /other"})
        EXPECT_EQ(notes.count(note), 1U) << note;
    {
        auto const peer = client();
        peer->send("1");
        EXPECT_TRUE(test::eventually([&] { return notes.count("disconnected /") == 2; }));
    }
    EXPECT_TRUE(has_connections(0));
    EXPECT_EQ(notes.count("disconnected /"), 2U);
}

TEST_F(EventsTest, admission_may_be_refused_with_a_reason)
{
    more = [](Server& declared) {
        declared.of("/guarded").admit = [](PeerPtr peer) -> Task<Result<void>> {
            auto const* auth = peer->auth.if_object();
            auto const* token = auth ? auth->if_contains("token") : nullptr;
            if (!token || *token != "right") co_return Error{Errc::forbidden, "the \"token\" is wrong"};
            co_return Result<void>();
        };
    };
    auto const peer = client();
    std::string const refusal = R"(4/guarded,{"message":"the \"token\" is wrong"})";
    EXPECT_EQ(peer->connect("/guarded"), refusal);
    peer->send(R"(0/guarded,{"token":"wrong"})");
    EXPECT_EQ(peer->next(), refusal);
    peer->send(R"(0/guarded,{"token":"right"})");
    EXPECT_TRUE(peer->next().starts_with(R"(0/guarded,{"sid":")"));
    expect_served(*peer);
}

TEST_F(EventsTest, admission_that_throws_is_a_refusal_that_tells_nothing)
{
    more = [](Server& declared) {
        declared.of("/broken").admit = [](PeerPtr) -> Task<Result<void>> {
            throw std::runtime_error("the secret");
            co_return Result<void>();
        };
    };
    auto const peer = client();
    EXPECT_EQ(peer->connect("/broken"),
              R"(4/broken,{"message":"internal error: the program's log tells what happened"})");
    expect_served(*peer);
}

TEST_F(EventsTest, the_server_emits)
{
    auto const peer = client();
    auto arguments = Arguments::of(std::string("text"), 1.5);
    arguments.add(Bytes(std::string("\0\xff", 2)));
    emit("news", arguments);
    EXPECT_EQ(peer->next(), R"(51-["news","text",1.5,{"_placeholder":true,"num":0}])");
    EXPECT_EQ(peer->next(), "b" + std::string("\0\xff", 2));
}

TEST_F(EventsTest, the_server_disconnects_a_peer_that_may_come_again)
{
    auto const peer = client();
    server->on_io([&] {
        io->disconnect(last_peer);
        io->disconnect(last_peer);
        io->emit(last_peer, "late", Arguments());
        return 0;
    });
    EXPECT_EQ(peer->next(), "1");
    peer->send(R"(21["add",1,2])"); // sent before it knew: ignored
    EXPECT_TRUE(peer->connect().starts_with(R"(0{"sid":")"));
    expect_served(*peer);
    EXPECT_EQ(notes.count("disconnected /"), 1U);
}

TEST_F(EventsTest, a_call_gets_its_ack)
{
    auto const peer = client();
    auto first = call(10s);
    EXPECT_EQ(peer->next(), R"(20["question","why"])");
    auto second = call(10s, "another");
    EXPECT_EQ(peer->next(), R"(21["another","why"])");
    peer->send(R"(61-1[{"_placeholder":true,"num":0}])");
    peer->attach("bytes");
    peer->send(R"(30["answer"])");
    EXPECT_EQ(second.get().value().attachments.at(0).view(), "bytes");
    EXPECT_EQ(first.get().value().values, boost::json::array({"answer"}));
    peer->send(R"(30["again"])"); // nobody waits any more
    expect_served(*peer);
}

TEST_F(EventsTest, a_call_that_is_not_acked_ends)
{
    auto const peer = client();
    EXPECT_EQ(error_of(call(50ms).get()), "question: no ack within 50 ms");
    EXPECT_EQ(peer->next(), R"(20["question","why"])");
    peer->send("30[]"); // late
    expect_served(*peer);
}

TEST_F(EventsTest, a_call_ends_with_its_peer)
{
    auto peer = client();
    auto waiting = call(1h);
    EXPECT_EQ(peer->next(), R"(20["question","why"])");
    peer.reset();
    ASSERT_EQ(waiting.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(error_of(waiting.get()), "question: the connection was lost before the ack came");
    EXPECT_EQ(error_of(call(1h).get()), "question: there is no connection");
}

TEST_F(EventsTest, a_call_ends_when_its_peer_leaves_the_namespace)
{
    auto const peer = client();
    peer->connect("/other");
    auto const in_other = call(1h, "elsewhere");
    EXPECT_EQ(peer->next(), R"(2/other,0["elsewhere","why"])");
    peer->send("1");
    EXPECT_TRUE(peer->connect().starts_with(R"(0{"sid":")"));
    auto first = call(1h);
    EXPECT_EQ(peer->next(), R"(21["question","why"])");
    peer->send("1");
    ASSERT_EQ(first.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(error_of(first.get()), "question: the connection was lost before the ack came");
    EXPECT_TRUE(peer->connect().starts_with(R"(0{"sid":")"));
    auto second = call(1h);
    EXPECT_EQ(peer->next(), R"(22["question","why"])");
    peer->send(R"(31["late, and for the first"])");
    peer->send(R"(32["for the second"])");
    EXPECT_EQ(second.get().value().values, boost::json::array({"for the second"}));
    EXPECT_EQ(in_other.wait_for(0s), std::future_status::timeout); // it still waits
}

TEST_F(EventsTest, a_call_that_is_too_much_for_the_connection_ends_at_once)
{
    socketio_options.engine.max_queued_bytes = 1 << 20;
    auto const peer = client();
    auto answer = call(1h, "question", std::string(2 << 20, 'x'));
    ASSERT_EQ(answer.wait_for(5s), std::future_status::ready);
    EXPECT_EQ(error_of(answer.get()), "question: there is no connection");
    EXPECT_TRUE(has_connections(0));
}

TEST_F(EventsTest, an_ack_to_nothing_ends_the_connection_and_no_other)
{
    auto const asked = client();
    auto answer = call(10s);
    EXPECT_EQ(asked->next(), R"(20["question","why"])");
    auto const other = std::make_unique<RawSocketIo>(port());
    other->connect();
    other->send(R"(30["from somebody else"])");
    EXPECT_EQ(other->close_code(), 1002);
    asked->send(R"(30["mine"])");
    EXPECT_EQ(answer.get().value().values, boost::json::array({"mine"}));
    asked->send("31[]");
    EXPECT_EQ(asked->close_code(), 1002);
}

TEST_F(EventsTest, too_many_events_at_once_are_told_so)
{
    socketio_options.load.max_events = 3;
    auto const peer = client();
    for (int i = 0; i < 3; ++i) peer->send(R"(2["wait"])");
    EXPECT_TRUE(test::eventually([&] { return notes.count("waits") == 3; }));
    peer->send(R"(21["add",1,2])");
    EXPECT_EQ(peer->next(), R"(31[{"error":"add: too many events at once: wait for their acks"}])");
    expect_healthy();              // the limit is that of one connection
    peer->send(R"(2["add",1,2])"); // and nobody could be told
    EXPECT_EQ(peer->close_code(), 1013);
}

TEST_F(EventsTest, handlers_end_with_the_server)
{
    auto const peer = client();
    auto const waiting = call(1h);
    peer->send(R"(21["wait"])");
    EXPECT_TRUE(notes.come("waits"));
    auto const finished = server->finish(1s);
    EXPECT_EQ(finished.wait_for(10s), std::future_status::ready);
    EXPECT_EQ(notes.count("cancelled"), 1U);
    EXPECT_EQ(notes.count("disconnected /"), 1U);
    EXPECT_TRUE(peer->is_closed());
}

TEST_F(EventsTest, handlers_may_end_by_themselves_first_if_the_server_gives_them_time)
{
    grace = 10s;
    auto const peer = client();
    peer->send(R"(21["linger"])");
    EXPECT_TRUE(notes.come("lingers"));
    auto const finished = server->finish(1s);
    EXPECT_EQ(peer->next(), "31[7]");
    EXPECT_EQ(finished.wait_for(10s), std::future_status::ready);
    EXPECT_TRUE(peer->is_closed());
}

TEST_F(EventsTest, events_come_by_polling_too)
{
    test::RawPolling polling(port(), "/socket.io");
    polling.post("40");
    EXPECT_TRUE(polling.poll().body.starts_with("40{"));
    polling.post(std::string("421[\"add\",1,2]") + test::payload_separator + R"(422["fail"])");
    auto acks = polling.poll().body;
    if (acks.find(test::payload_separator) == std::string::npos) acks += test::payload_separator + polling.poll().body;
    EXPECT_EQ(acks, std::string("431[3]") + test::payload_separator + R"(432[{"error":"there is no such thing"}])");
    polling.post(std::string("451-3[\"echo\",{\"_placeholder\":true,\"num\":0}]") + test::payload_separator + "bAAH/");
    EXPECT_EQ(polling.poll().body,
              std::string("461-3[{\"_placeholder\":true,\"num\":0}]") + test::payload_separator + "bAAH/");
}

} // namespace
} // namespace learning_loop::socketio
