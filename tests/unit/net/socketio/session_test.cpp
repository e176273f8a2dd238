#include "learning_loop/net/socketio/session.h"

#include <gtest/gtest.h>

namespace learning_loop::socketio {
namespace {

using namespace std::chrono_literals;

struct AttachmentWatchTest : testing::Test {
    Time const start = Time() + 1000h;
    AttachmentWatch watch;
};

TEST_F(AttachmentWatchTest, has_nothing_to_do_while_nothing_is_announced)
{
    EXPECT_EQ(watch.next_time(), Time::max());
    EXPECT_FALSE(watch.is_late(start + 100h));
    watch.update(true, start);
    watch.update(false, start + 1s);
    EXPECT_EQ(watch.next_time(), Time::max());
    EXPECT_FALSE(watch.is_late(start + 100h));
}

TEST_F(AttachmentWatchTest, gives_an_attachment_twenty_seconds)
{
    watch.update(true, start);
    EXPECT_EQ(watch.next_time(), start + 20s);
    EXPECT_FALSE(watch.is_late(start + 20s - 1ms));
    EXPECT_TRUE(watch.is_late(start + 20s));
}

TEST_F(AttachmentWatchTest, gives_more_to_what_comes_at_500_bytes_a_second)
{
    watch.update(true, start);
    watch.on_bytes(10'000);
    EXPECT_FALSE(watch.is_late(start + 20s));
    EXPECT_EQ(watch.next_time(), start + 21s);
    EXPECT_TRUE(watch.is_late(start + 21s));
    watch.on_bytes(500);
    EXPECT_FALSE(watch.is_late(start + 21s));
    EXPECT_EQ(watch.next_time(), start + 22s);
}

TEST_F(AttachmentWatchTest, is_late_whenever_it_is_looked_at_in_its_own_time)
{
    for (std::size_t const bytes : {0U, 1U, 499U, 500U, 9'999U, 10'000U, 10'001U, 1'000'000U}) {
        AttachmentWatch other;
        other.update(true, start);
        other.on_bytes(bytes);
        EXPECT_TRUE(other.is_late(other.next_time())) << bytes;
        EXPECT_FALSE(other.is_late(other.next_time() - 1s)) << bytes;
    }
}

TEST_F(AttachmentWatchTest, counts_from_when_a_packet_began)
{
    watch.on_bytes(1'000'000); // of another packet
    watch.update(true, start);
    watch.update(true, start + 19s); // one attachment of several came
    EXPECT_EQ(watch.next_time(), start + 20s);
    watch.update(false, start + 19s);
    watch.update(true, start + 19s); // and the next packet began
    EXPECT_EQ(watch.next_time(), start + 39s);
}

TEST(EventOf, takes_name_and_arguments_apart)
{
    Packet packet{PacketType::event, "/admin", 7, {"name", 1, "x"}, {Bytes(std::string("b"))}};
    auto const event = event_of(std::move(packet));
    EXPECT_EQ(event.nsp, "/admin");
    EXPECT_EQ(event.name, "name");
    EXPECT_EQ(event.arguments.values, (boost::json::array{1, "x"}));
    EXPECT_EQ(event.arguments.attachments.size(), 1u);
    EXPECT_EQ(event.ack_id, 7u);
}

TEST(AnswerOf, takes_all_of_an_ack)
{
    Packet packet{PacketType::ack, "/", 7, {"x"}, {}};
    packet.data = boost::json::array{"x"};
    auto const answer = answer_of(std::move(packet));
    EXPECT_EQ(answer.nsp, "/");
    EXPECT_EQ(answer.ack_id, 7u);
    EXPECT_EQ(answer.arguments.values, (boost::json::array{"x"}));
}

} // namespace
} // namespace learning_loop::socketio
