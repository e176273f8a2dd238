#include "learning_loop/socketio/session.h"

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
    for (auto now = start + 20s; now <= start + 600s; now += 20s) {
        watch.on_bytes(10'000);
        EXPECT_EQ(watch.next_time(), now);
        EXPECT_FALSE(watch.is_late(now));
    }
    watch.on_bytes(9'999);
    EXPECT_TRUE(watch.is_late(start + 620s));
}

TEST_F(AttachmentWatchTest, gives_no_credit_for_a_good_beginning)
{
    watch.update(true, start);
    watch.on_bytes(60u << 20);
    EXPECT_FALSE(watch.is_late(start + 20s));
    EXPECT_TRUE(watch.is_late(start + 40s));
}

TEST_F(AttachmentWatchTest, gives_ten_minutes_at_most)
{
    watch.update(true, start);
    auto now = start;
    do {
        now += 20s;
        watch.on_bytes(1u << 20);
    } while (!watch.is_late(now));
    EXPECT_EQ(now, start + 620s);
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
