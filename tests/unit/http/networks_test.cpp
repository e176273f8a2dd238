#include "learning_loop/http/networks.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

TEST(Networks, contain_the_addresses_of_each_of_them)
{
    auto const networks = Networks::parse("10.1.0.0/16, 192.168.1.7,fd00:1::/32 , ::1").value();
    for (auto const* inside : {"10.1.0.0", "10.1.255.255", "192.168.1.7", "fd00:1::7", "::1", "::ffff:10.1.2.3"})
        EXPECT_TRUE(networks.contains(inside)) << inside;
    for (auto const* outside :
         {"10.2.0.0", "192.168.1.8", "fd00:2::7", "::2", "127.0.0.1", "::ffff:10.2.0.0", "", "cam1"})
        EXPECT_FALSE(networks.contains(outside)) << outside;
}

TEST(Networks, end_at_any_bit)
{
    auto const networks = Networks::parse("10.0.0.8/29").value();
    EXPECT_TRUE(networks.contains("10.0.0.15"));
    EXPECT_FALSE(networks.contains("10.0.0.16"));
    EXPECT_FALSE(networks.contains("10.0.0.7"));
    EXPECT_TRUE(Networks::parse("0.0.0.0/0").value().contains("8.8.8.8"));
    EXPECT_FALSE(Networks::parse("0.0.0.0/0").value().contains("fd00::1"));
    EXPECT_TRUE(Networks::parse("::/0").value().contains("8.8.8.8"));
}

TEST(Networks, of_this_machine_are_loopback)
{
    auto const networks = Networks::of_this_machine();
    EXPECT_TRUE(networks.contains("127.8.9.10"));
    EXPECT_TRUE(networks.contains("::1"));
    EXPECT_FALSE(networks.contains("128.0.0.1"));
}

TEST(Networks, may_be_none)
{
    auto const networks = Networks::parse("").value();
    EXPECT_TRUE(networks.empty());
    EXPECT_FALSE(networks.contains("127.0.0.1"));
}

TEST(Networks, are_refused_when_they_are_none_and_told)
{
    for (auto const* text : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "10.0.0.0/", "10.0.0.0/8x", "farm", "::/129",
                             "a,b", "10.0.0.1,,10.0.0.2"}) {
        auto const networks = Networks::parse(text);
        ASSERT_FALSE(networks) << text;
        EXPECT_NE(networks.error().message.find("is no network: give addresses or networks such as"),
                  std::string::npos);
    }
}

TEST(Addresses, have_one_form)
{
    EXPECT_EQ(to_text(*parse_address("::ffff:10.0.0.1")), "10.0.0.1");
    EXPECT_EQ(to_text(*parse_address("fd00:0:0::1")), "fd00::1");
    EXPECT_FALSE(parse_address("10.0.0.1:80"));
}

} // namespace
} // namespace learning_loop::http
