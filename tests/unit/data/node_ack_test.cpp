#include "learning_loop/data/node_ack.h"

#include "learning_loop/json/json.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct NodeAckTest : testing::Test {
    static NodeAck read(std::string const& arguments)
    {
        return read_node_ack(parse_json(arguments, "an ack").value().as_array());
    }
};

TEST_F(NodeAckTest, of_today_is_an_object)
{
    auto const good = read(R"([{"success": true, "error_msg": null, "payload": "<svg/>"}])");
    EXPECT_TRUE(good.success);
    EXPECT_EQ(good.error_msg, std::nullopt);
    EXPECT_EQ(good.payload, "<svg/>");
    auto const bad = read(R"([{"success": false, "error_msg": "no GPU", "payload": "refused"}])");
    EXPECT_FALSE(bad.success);
    EXPECT_EQ(bad.error_msg, "no GPU");
    EXPECT_EQ(bad.payload, "refused");
}

TEST_F(NodeAckTest, may_leave_out_all_but_success)
{
    EXPECT_TRUE(read(R"([{"success": true}])").success);
    EXPECT_TRUE(read(R"([{"success": true}])").payload.is_null());
    EXPECT_FALSE(read("[{}]").success);
    EXPECT_FALSE(read(R"([{"success": null}])").success);
    EXPECT_FALSE(read(R"([{"success": "true"}])").success);
    EXPECT_EQ(read(R"([{"success": false, "error_msg": {"a": 1}}])").error_msg, R"({"a":1})");
}

TEST_F(NodeAckTest, of_old_is_a_truth_or_a_text)
{
    EXPECT_TRUE(read("[true]").success);
    EXPECT_FALSE(read("[false]").success);
    auto const text = read(R"(["<svg/>"])");
    EXPECT_TRUE(text.success);
    EXPECT_EQ(text.payload, "<svg/>");
    EXPECT_TRUE(read(R"([""])").success);
}

TEST_F(NodeAckTest, without_arguments_or_of_another_kind_is_a_failure_in_words)
{
    for (auto const* arguments : {"[]", "[null]"}) {
        auto const ack = read(arguments);
        EXPECT_FALSE(ack.success);
        EXPECT_NE(ack.error_msg.value().find("no answer"), std::string::npos);
    }
    for (auto const* arguments : {"[7]", "[[true]]"}) {
        auto const ack = read(arguments);
        EXPECT_FALSE(ack.success);
        EXPECT_NE(ack.error_msg.value().find("cannot be read"), std::string::npos);
    }
}

TEST_F(NodeAckTest, more_arguments_do_no_harm)
{
    EXPECT_TRUE(read("[true, 7]").success);
}

TEST_F(NodeAckTest, of_an_event_that_failed_has_the_words_of_the_error)
{
    auto const sent = to_json(failed_ack({Errc::unprocessable, "id: is missing"}));
    EXPECT_EQ(to_text(sent), R"({"success":false,"error_msg":"id: is missing","payload":null})");
    EXPECT_EQ(read_node_ack(boost::json::array{sent}).error_msg, "id: is missing");
}

TEST_F(NodeAckTest, of_an_event_that_was_done_is_read_back)
{
    auto const sent = to_json(NodeAck{true, {}, "1.1"});
    EXPECT_EQ(to_text(sent), R"({"success":true,"error_msg":null,"payload":"1.1"})");
    EXPECT_TRUE(read_node_ack(boost::json::array{sent}).success);
    EXPECT_EQ(read_node_ack(boost::json::array{sent}).payload, "1.1");
}

} // namespace
} // namespace learning_loop
