#include "learning_loop/base/secret.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <ostream>

namespace learning_loop {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, T const& value)
{
    out << value;
};
static_assert(Printable<std::string> && !Printable<Secret>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(!std::constructible_from<std::string, Secret> && !std::convertible_to<Secret, std::string_view>);
static_assert(!std::convertible_to<std::string, Secret>);

TEST(Secret, is_told_to_whoever_asks)
{
    Secret const secret("s3cret");
    EXPECT_EQ(secret.reveal(), "s3cret");
    EXPECT_FALSE(secret.empty());
    EXPECT_TRUE(Secret().empty());
}

TEST(Secret, is_copied_and_moved_whole)
{
    Secret a("first");
    Secret b = a;
    Secret c = std::move(a);
    b = Secret("second");
    EXPECT_EQ(b.reveal(), "second");
    EXPECT_EQ(c.reveal(), "first");
}

/// The bytes of a Secret that lay here; its text is so short that it lies within the object itself.
struct Place {
    alignas(Secret) std::array<unsigned char, sizeof(Secret)> bytes{};

    Secret* make() { return new (bytes.data()) Secret("s3cret"); }
    bool holds_the_text() const
    {
        std::string_view const text(reinterpret_cast<char const*>(bytes.data()), bytes.size());
        return text.find("s3cret") != std::string_view::npos;
    }
};

TEST(Secret, is_wiped_when_it_ends)
{
    Place place;
    auto* const secret = place.make();
    ASSERT_TRUE(place.holds_the_text());
    secret->~Secret();
    EXPECT_FALSE(place.holds_the_text());
}

TEST(Secret, leaves_nothing_where_it_was_moved_from)
{
    Place place;
    auto* const secret = place.make();
    Secret const elsewhere(std::move(*secret));
    secret->~Secret();
    EXPECT_FALSE(place.holds_the_text());
    EXPECT_EQ(elsewhere.reveal(), "s3cret");
}

} // namespace
} // namespace learning_loop
