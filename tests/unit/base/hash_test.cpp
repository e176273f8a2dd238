#include "learning_loop/base/hash.h"

#include <gtest/gtest.h>

#include <vector>

namespace learning_loop {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

TEST(Hash, is_what_everybody_makes_of_a_text)
{
    EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, of_parts_is_that_of_one_text)
{
    std::vector const parts{"a"sv, ""sv, "bc"sv};
    EXPECT_EQ(sha256(parts), sha256("abc"));
}

TEST(Hash, is_summed_up_while_parts_come)
{
    Sha256Sum sum;
    EXPECT_EQ(Sha256Sum().finish(), sha256(""));
    for (auto const part : {"a"sv, ""sv, "b\0"sv}) sum.add(part);
    auto moved = std::move(sum);
    Sha256Sum other; // another sum in between
    other.add("x");
    moved.add(std::string(100'000, 'c'));
    EXPECT_EQ(moved.finish(), sha256("ab\0"s + std::string(100'000, 'c')));
    EXPECT_EQ(other.finish(), sha256("x"));
}

TEST(Hash, is_written_in_lower_case)
{
    std::vector<std::uint8_t> const bytes{0x00, 0x0f, 0xa0, 0xff};
    EXPECT_EQ(hex(bytes), "000fa0ff");
}

} // namespace
} // namespace learning_loop
