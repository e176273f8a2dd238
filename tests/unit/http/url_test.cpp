#include "learning_loop/http/url.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;
using Segments = std::vector<std::string>;

TEST(Url, decodes_escapes_in_any_case)
{
    EXPECT_EQ(percent_decoded("a%41%2f%2F%c3%A4+b"), "aA//\xc3\xa4+b");
    EXPECT_EQ(percent_decoded(""), "");
}

TEST(Url, refuses_broken_escapes_and_nul)
{
    for (auto const* text : {"%", "%4", "a%4", "%zz", "%4g", "%%41", "%00", "a%00b", "%-1", "% 1"}) {
        EXPECT_EQ(percent_decoded(text), std::nullopt) << text;
    }
}

TEST(Url, encodes_all_but_plain_characters)
{
    EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
    EXPECT_EQ(percent_encoded("a b/c?d&e=f%\xc3\xa4\n"), "a%20b%2Fc%3Fd%26e%3Df%25%C3%A4%0A");
}

TEST(Url, gives_back_any_text_it_encoded)
{
    std::string all;
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    EXPECT_EQ(percent_decoded(percent_encoded(all)), all);
}

TEST(Url, splits_a_query)
{
    EXPECT_EQ(decoded_pairs("a=1&b=x+y%26&c&d=&=e&a=2=3"),
              (Pairs{{"a", "1"}, {"b", "x y&"}, {"c", ""}, {"d", ""}, {"", "e"}, {"a", "2=3"}}));
    EXPECT_EQ(decoded_pairs(""), Pairs{});
    EXPECT_EQ(decoded_pairs("&&a=1&"), (Pairs{{"a", "1"}}));
}

TEST(Url, refuses_a_broken_query)
{
    EXPECT_EQ(decoded_pairs("a=1&b=%"), std::nullopt);
    EXPECT_EQ(decoded_pairs("%zz=1"), std::nullopt);
}

TEST(Url, takes_a_thousand_values_and_no_more)
{
    std::string query;
    for (int i = 0; i < 1000; ++i) query += "&a=1";
    ASSERT_TRUE(decoded_pairs(query));
    EXPECT_EQ(decoded_pairs(query)->size(), 1000u);
    EXPECT_EQ(decoded_pairs(query + "&a=1"), std::nullopt);
}

TEST(Url, splits_a_path_before_it_decodes)
{
    EXPECT_EQ(path_segments("/a/b%2Fc/"), (Segments{"a", "b/c"}));
    EXPECT_EQ(path_segments("//a///b"), (Segments{"a", "b"}));
    EXPECT_EQ(path_segments("/"), Segments{});
    EXPECT_EQ(path_segments("/../%2e%2e"), (Segments{"..", ".."})); // handlers check what they use as a name
    EXPECT_EQ(path_segments("/a%0"), std::nullopt);
}

} // namespace
} // namespace learning_loop::http
