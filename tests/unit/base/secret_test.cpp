#include "learning_loop/base/secret.h"

#include "learning_loop/json/json.h"
#include "learning_loop/json/schema.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <concepts>
#include <ostream>

namespace learning_loop {
namespace {

struct Login {
    std::string name;
    Secret password;
};
BOOST_DESCRIBE_STRUCT(Login, (), (name, password))

template <class T>
concept Printable = requires(std::ostream& out, T const& value)
{
    out << value;
};
template <class T>
concept WritableAsJson = requires(T const& value)
{
    JsonForm<T>::to_json(value);
};
static_assert(Printable<std::string> && !Printable<Secret>);
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(!WritableAsJson<Secret> && !DescribedStruct<Secret> && !std::constructible_from<std::string, Secret>);
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

TEST(Secret, is_read_from_a_file)
{
    auto const login =
        from_json<Login>(parse_json(R"({"name": "a", "password": "s3cret"})", "test").value(), {}, Reading::from_file);
    EXPECT_EQ(login.value().password.reveal(), "s3cret");
}

TEST(Secret, is_not_told_by_an_error)
{
    auto const login = from_json<Login>(parse_json(R"({"name": "a", "password": 12345})", "test").value());
    ASSERT_FALSE(login);
    EXPECT_EQ(login.error().message, "password: expected a text");
}

TEST(Secret, is_described_as_a_password)
{
    EXPECT_EQ(to_text(schema_of<Secret>()), R"({"type":"string","format":"password"})");
}

} // namespace
} // namespace learning_loop
