#include "learning_loop/base/bytes.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

TEST(Bytes, are_empty_at_first)
{
    Bytes const nothing;
    EXPECT_EQ(nothing.size(), 0u);
    EXPECT_EQ(nothing.from(0).view(), "");
    EXPECT_EQ(nothing, Bytes(std::string()));
}

TEST(Bytes, take_a_text_without_a_copy_of_its_bytes)
{
    std::string text(1000, 'x');
    auto const* const before = text.data();
    Bytes const bytes(std::move(text));
    EXPECT_EQ(bytes.view().data(), before);
    EXPECT_EQ(Bytes(bytes).view().data(), before);
}

TEST(Bytes, live_as_long_as_a_part_of_them)
{
    Bytes part;
    {
        Bytes const whole(std::string("short")); // within the string itself, which may not move
        part = whole.from(2);
    }
    EXPECT_EQ(part.view(), "ort");
    EXPECT_EQ(part.from(3).view(), "");
}

TEST(Bytes, keep_alive_whatever_owns_them)
{
    auto owner = std::make_shared<std::string>("kept");
    std::weak_ptr<std::string> const watched = owner;
    {
        std::string_view const view = *owner;
        Bytes const bytes(std::move(owner), view);
        EXPECT_EQ(bytes.view(), "kept");
        EXPECT_FALSE(watched.expired());
    }
    EXPECT_TRUE(watched.expired());
}

TEST(Bytes, are_equal_when_their_content_is)
{
    EXPECT_EQ(Bytes(std::string("a\0b", 3)), Bytes(std::string("xa\0b", 4)).from(1));
    EXPECT_NE(Bytes(std::string("a\0b", 3)), Bytes(std::string("a\0c", 3)));
}

} // namespace
} // namespace learning_loop
