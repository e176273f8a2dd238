#include "learning_loop/http/url.h"

#include <gtest/gtest.h>

#include <stdexcept>

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

TEST(Url, fills_a_pattern_with_encoded_values)
{
    EXPECT_EQ(path_of("/api/{organization}/projects/{project}", {{"project", "a b/c"}, {"organization", "demo"}}),
              "/api/demo/projects/a%20b%2Fc");
    EXPECT_EQ(path_of("/{a}{b}", {{"a", "1"}, {"b", "2"}}), "/12");
    EXPECT_EQ(path_of("/api/status", {}), "/api/status");
    EXPECT_THROW(path_of("/api/{project}", {{"model", "a"}}), std::logic_error);
}

/// `host port`; `-` stands for no port.
std::string shown(std::string_view authority)
{
    auto const read = parse_authority(authority);
    if (!read) return "malformed";
    return read->host + " " + (read->port ? std::to_string(*read->port) : "-");
}

TEST(Url, reads_a_host_and_its_port)
{
    EXPECT_EQ(shown("localhost"), "localhost -");
    EXPECT_EQ(shown("loop.example:8080"), "loop.example 8080");
    EXPECT_EQ(shown("127.0.0.1:65535"), "127.0.0.1 65535");
    EXPECT_EQ(shown("[::1]"), "::1 -");
    EXPECT_EQ(shown("[::1]:80"), "::1 80");
    EXPECT_EQ(shown("LocalHost:"), "LocalHost -"); // its port is that of the scheme
}

TEST(Url, reads_no_authority_that_two_programs_could_read_differently)
{
    for (auto const* text :
         {"", ":80", "::1", "[::1", "a:b", "a:-1", "a:0", "a:65536", "a:65616", "a:99999999999", "a b", "a/b", "a?b"})
        EXPECT_EQ(shown(text), "malformed") << text;
    for (auto const* text :
         {"user@a", "user:secret@a:1", "localhost:80@evil.example", "@localhost", "a\\b", "\xc3\xa4", "[::1%25eth0]"})
        EXPECT_EQ(shown(text), "malformed") << text;
    EXPECT_EQ(shown("localhos%74"), "localhos%74 -"); // as it was written, so it is not taken for localhost
}

TEST(Url, takes_a_scheme_off_the_front)
{
    std::string_view text = "https://a/http://b";
    EXPECT_EQ(take_scheme(text), "https");
    EXPECT_EQ(text, "a/http://b");
    for (std::string_view const other : {"", "a", "ftp://a", "HTTP://a", "http:/a", "/http://a"}) {
        text = other;
        EXPECT_EQ(take_scheme(text), "") << other;
        EXPECT_EQ(text, other);
    }
}

TEST(Url, reads_a_whole_url)
{
    auto const url = parse_url("https://loop.example:8443/api/a%20b?c=d#e").value();
    EXPECT_EQ(url.scheme, "https");
    EXPECT_EQ(url.authority_text, "loop.example:8443");
    EXPECT_EQ(url.authority.host, "loop.example");
    EXPECT_EQ(url.authority.port, 8443);
    EXPECT_EQ(url.path_and_query, "/api/a%20b?c=d#e");
    EXPECT_EQ(parse_url("http://[::1]").value().authority_text, "[::1]");
    EXPECT_EQ(parse_url("http://[::1]?a").value().path_and_query, "?a");
    EXPECT_EQ(parse_url("http://a:/").value().authority_text, "a");
}

TEST(Url, reads_no_url_without_a_scheme_and_a_host)
{
    for (auto const* text : {"", "loop.example", "//loop.example", "ftp://loop.example", "HTTP://loop.example",
                             "http:/a", "http://", "http:///a", "https://user@loop.example", "http://a:b/"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

} // namespace
} // namespace learning_loop::http
