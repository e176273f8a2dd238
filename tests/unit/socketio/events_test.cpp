#include "learning_loop/socketio/events.h"

#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"

#include "support/captured_stderr.h"
#include "support/run.h"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop::socketio {
namespace {

using namespace std::string_literals;

struct Picture {
    std::string name;
    Attachment data;
    std::optional<int> width;
};
BOOST_DESCRIBE_STRUCT(Picture, (), (name, data, width))

struct Thing {
    std::string name;
    int number = 0;
};
BOOST_DESCRIBE_STRUCT(Thing, (), (name, number))

/// What only a lookup finds.
struct Keeper {
    std::string name;
};

class Api {
public:
    void add_to(Events& events)
    {
        events.look_up(*this, &Api::find_keeper);
        events.on("keeper", *this, &Api::tell_keeper);
        events.on("struct", *this, &Api::take_struct);
        events.on("several", *this, &Api::take_several);
        events.on("optional", *this, &Api::take_optional);
        events.on("bytes", *this, &Api::take_bytes);
        events.on("picture", *this, &Api::take_picture);
        events.on("who", *this, &Api::tell_who);
        events.on("nothing", *this, &Api::do_nothing);
        events.on("refuse", *this, &Api::refuse);
        events.on("break", *this, &Api::break_down);
        events.on("cancelled", *this, &Api::be_cancelled);
    }

    int calls = 0;

private:
    Task<Result<Keeper>> find_keeper(PeerPtr peer, std::string name)
    {
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
        if (name.empty()) co_return Error{Errc::not_found, "there is no such keeper"};
        co_return Keeper{name + " of " + peer->id};
    }
    Task<Result<std::string>> tell_keeper(Keeper keeper, int number)
    {
        co_return keeper.name + " " + std::to_string(number);
    }
    Task<Result<Thing>> take_struct(Thing thing)
    {
        ++calls;
        co_return Thing{thing.name + "!", thing.number + 1};
    }
    Task<Result<std::string>> take_several(std::string text, std::vector<int> list, boost::json::value any, bool truth)
    {
        co_return text + std::to_string(list.size()) + to_text(any) + (truth ? "yes" : "no");
    }
    Task<Result<int>> take_optional(int number, std::optional<Thing> thing)
    {
        co_return number + (thing ? thing->number : 100);
    }
    Task<Result<Bytes>> take_bytes(int number, Bytes bytes)
    {
        co_return Bytes(std::to_string(number) + std::string(bytes.view()));
    }
    Task<Result<std::string>> take_picture(Picture picture, Arguments all)
    {
        auto const* data = all.bytes_of(picture.data);
        if (!data) co_return Error{Errc::invalid_argument, "data: the bytes are missing"};
        co_return picture.name + "=" + std::string(data->view());
    }
    Task<Result<Arguments>> tell_who(int first, PeerPtr peer, int second)
    {
        co_return Arguments::of(peer->id, first, second);
    }
    Task<Result<void>> do_nothing() { co_return Result<void>(); }
    Task<Result<void>> refuse() { co_return Error{Errc::conflict, "it is there already"}; }
    Task<Result<void>> break_down() { throw std::runtime_error("the secret of the house"); }
    Task<Result<void>> be_cancelled() { throw boost::system::system_error(boost::asio::error::operation_aborted); }
};

struct EventsTest : testing::Test {
    Api api;
    Events events;
    PeerPtr peer = std::make_shared<Peer>(Peer{"the-id", "/", {}, {}, "the-session"});

    EventsTest() { api.add_to(events); }

    Result<Arguments> answer(std::string const& event, Arguments arguments)
    {
        return test::run(events.answer_to(event, peer, std::move(arguments)));
    }
    /// The arguments of the ack, or `error: ...`.
    std::string ask(std::string const& event, char const* json, std::vector<Bytes> attachments = {})
    {
        auto values = parse_json(json, "the test's arguments").value().as_array();
        auto const given = answer(event, {std::move(values), std::move(attachments)});
        return given ? to_text(given->values) : "error: " + given.error().message;
    }
};

TEST_F(EventsTest, give_a_handler_what_its_signature_says)
{
    EXPECT_EQ(ask("struct", R"([{"name":"n","number":1,"more":true}])"), R"([{"name":"n!","number":2}])");
    EXPECT_EQ(ask("several", R"(["a",[1,2],{"b":null},true])"), R"(["a2{\"b\":null}yes"])");
}

TEST_F(EventsTest, give_a_handler_what_a_lookup_finds)
{
    EXPECT_EQ(ask("keeper", R"(["Ann",7])"), R"(["Ann of the-id 7"])");
    EXPECT_EQ(ask("keeper", R"(["",7])"), "error: there is no such keeper");
    EXPECT_EQ(ask("keeper", R"(["Ann"])"), "error: argument 2: is missing");
}

TEST_F(EventsTest, ignore_arguments_that_a_handler_does_not_take)
{
    EXPECT_EQ(ask("struct", R"([{"name":"n","number":1},2,"x",{"_placeholder":true,"num":0}])", {Bytes("x"s)}),
              R"([{"name":"n!","number":2}])");
    EXPECT_EQ(ask("nothing", "[1,2,3]"), "[]");
}

TEST_F(EventsTest, let_an_optional_argument_be_missing)
{
    EXPECT_EQ(ask("optional", R"([1,{"name":"n","number":5}])"), "[6]");
    EXPECT_EQ(ask("optional", "[1,null]"), "[101]");
    EXPECT_EQ(ask("optional", "[1]"), "[101]");
}

TEST_F(EventsTest, name_an_argument_that_is_missing)
{
    EXPECT_EQ(ask("struct", "[]"), "error: argument 1: is missing");
    EXPECT_EQ(ask("struct", "[null]"), "error: argument 1: is missing");
    EXPECT_EQ(ask("several", R"(["a"])"), "error: argument 2: is missing");
    EXPECT_EQ(ask("several", R"(["a",[]])"), "error: argument 4: is missing"); // any JSON value may be null
    EXPECT_EQ(ask("several", "[]"), "error: argument 1: is missing");          // the first that is wrong
}

TEST_F(EventsTest, name_the_place_of_what_is_wrong)
{
    EXPECT_EQ(ask("struct", "[7]"), "error: argument 1: expected an object");
    EXPECT_EQ(ask("struct", R"([{"name":"n","number":"x"}])"), "error: argument 1.number: expected a whole number");
    EXPECT_EQ(ask("struct", R"([{"number":1}])"), "error: argument 1.name: is missing");
    EXPECT_EQ(ask("several", R"(["a",[1,2.5],0,true])"), "error: argument 2[1]: expected a whole number within range");
    EXPECT_EQ(ask("optional", R"([1,"x"])"), "error: argument 2: expected an object");
    EXPECT_EQ(api.calls, 0);
}

TEST_F(EventsTest, give_and_take_bytes)
{
    auto const given = answer("bytes", Arguments::of(7, Bytes("xyz"s))).value();
    EXPECT_EQ(to_text(given.values), R"([{"_placeholder":true,"num":0}])");
    EXPECT_EQ(given.attachments.at(0), Bytes("7xyz"s));
}

TEST_F(EventsTest, tell_when_bytes_are_missing_or_something_else)
{
    for (auto const* wrong : {"[1]", "[1,null]", R"([1,"eHl6"])", "[1,[1,2]]", R"([1,{"num":0}])",
                              R"([1,{"_placeholder":true,"num":1}])", R"([1,{"_placeholder":true,"num":-1}])"})
        EXPECT_EQ(ask("bytes", wrong, {Bytes("x"s)}), "error: argument 2: expected bytes") << wrong;
}

TEST_F(EventsTest, find_the_bytes_that_a_field_of_a_struct_means)
{
    auto const* picture = R"(["x",{"name":"p","data":{"_placeholder":true,"num":1}}])";
    EXPECT_EQ(ask("picture", picture, {Bytes("a"s), Bytes("b"s)}), "error: argument 1: expected an object");
    picture = R"([{"name":"p","data":{"_placeholder":true,"num":1}}])";
    EXPECT_EQ(ask("picture", picture, {Bytes("a"s), Bytes("b"s)}), R"(["p=b"])");
    EXPECT_EQ(ask("picture", picture, {Bytes("a"s)}), "error: data: the bytes are missing");
    EXPECT_EQ(ask("picture", R"([{"name":"p","data":"b"}])"), "error: argument 1.data: expected bytes");
    EXPECT_EQ(ask("picture", R"([{"name":"p"}])"), "error: argument 1.data: is missing");
}

TEST_F(EventsTest, write_the_field_of_a_struct_that_means_bytes)
{
    auto const arguments = Arguments::of(Picture{"p", {3}, 4});
    EXPECT_EQ(to_text(arguments.values), R"([{"name":"p","data":{"_placeholder":true,"num":3},"width":4}])");
}

TEST_F(EventsTest, tell_a_handler_who_asks_wherever_it_wants_to_know)
{
    EXPECT_EQ(ask("who", "[1,2]"), R"(["the-id",1,2])");
    EXPECT_EQ(ask("who", "[1]"), "error: argument 2: is missing"); // the peer takes none of the event's places
}

TEST_F(EventsTest, take_no_handler_that_needs_what_no_lookup_finds)
{
    struct Guard {
        Task<Result<Keeper>> find(Keeper keeper) { co_return keeper; }
        Task<Result<std::string>> tell(Keeper keeper) { co_return keeper.name; }
    } guard;
    Events none;
    EXPECT_THROW(none.on("tell", guard, &Guard::tell), std::logic_error);
    EXPECT_THROW(none.look_up(guard, &Guard::find), std::logic_error);
}

TEST_F(EventsTest, give_no_arguments_where_there_is_nothing_to_say)
{
    EXPECT_EQ(ask("nothing", "[]"), "[]");
    EXPECT_EQ(ask("nobody handles this\n", "[1]"), "[]");
}

TEST_F(EventsTest, hand_on_what_a_handler_refuses)
{
    auto const given = answer("refuse", {});
    EXPECT_EQ(given.error().code, Errc::conflict);
    EXPECT_EQ(given.error().message, "it is there already");
    EXPECT_EQ(to_text(error_ack(given.error()).values), R"([{"error":"it is there already"}])");
}

TEST_F(EventsTest, log_what_a_handler_throws_and_tell_the_peer_nothing_of_it)
{
    test::CapturedStderr const captured;
    start_log();
    EXPECT_EQ(ask("break", "[]"), "error: internal error: the program's log tells what happened");
    log::flush();
    EXPECT_NE(captured.text().find("event break: the secret of the house"), std::string::npos) << captured.text();
}

TEST_F(EventsTest, tell_the_peer_when_only_something_within_a_handler_was_cancelled)
{
    EXPECT_EQ(ask("cancelled", "[]"), "error: internal error: the program's log tells what happened");
}

} // namespace
} // namespace learning_loop::socketio
