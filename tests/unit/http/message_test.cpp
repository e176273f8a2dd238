#include "learning_loop/http/message.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

std::string const& text_of(Response const& response)
{
    return std::get<std::string>(response.body);
}

TEST(Message, finds_headers_in_any_case)
{
    Headers headers{{"Camera-Id", "front"}};
    headers.add("camera-id", "second");
    EXPECT_EQ(headers.find("CAMERA-ID"), "front");
    EXPECT_EQ(headers.find("camera_id"), std::nullopt);
    EXPECT_EQ(headers.find("camera-i"), std::nullopt);
}

TEST(Message, finds_values_of_the_query_in_their_case)
{
    Request request;
    request.query = {{"a", "1"}, {"a", "2"}};
    EXPECT_EQ(request.query_value("a"), "1");
    EXPECT_EQ(request.query_value("A"), std::nullopt);
}

TEST(Message, takes_a_place_that_its_route_lacks_for_a_bug)
{
    Request request;
    request.path_params = {{"project", "demo"}};
    EXPECT_EQ(request.path_param("project"), "demo");
    EXPECT_THROW(request.path_param("organization"), std::logic_error);
}

TEST(Message, says_what_is_missing_as_peers_know_it)
{
    auto const response = error_response(missing_value("body", "file"));
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(text_of(response),
              R"({"detail":[{"type":"missing","loc":["body","file"],"msg":"Field required","input":null}]})");
}

TEST(Message, says_what_is_malformed_as_peers_know_it)
{
    auto const response = error_response(wrong_value({"query", "ids", "uuid_parsing", "x"}, "ids: 'x' is no UUID"));
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(text_of(response),
              R"({"detail":[{"type":"uuid_parsing","loc":["query","ids"],"msg":"ids: 'x' is no UUID","input":"x"}]})");
}

TEST(Message, answers_an_error_with_its_status)
{
    std::vector<std::pair<Errc, int>> const table{
        {Errc::invalid_argument, 400}, {Errc::unauthorized, 401}, {Errc::forbidden, 403},     {Errc::not_found, 404},
        {Errc::conflict, 409},         {Errc::too_large, 413},    {Errc::unprocessable, 422}, {Errc::too_many, 429},
        {Errc::unavailable, 503},      {Errc::out_of_space, 507}};
    for (auto const& [code, status] : table) EXPECT_EQ(error_response(Error{code, "x"}).status, status);
    EXPECT_EQ(text_of(error_response(Error{Errc::conflict, "it is \"there\""})), R"({"detail":"it is \"there\""})");
}

TEST(Message, says_when_to_come_back)
{
    EXPECT_EQ(error_response(Error{Errc::unavailable, "x"}).headers.find("Retry-After"), "1");
    EXPECT_EQ(error_response(Error{Errc::out_of_space, "x"}).headers.find("Retry-After"), "30");
    EXPECT_EQ(error_response(Error{Errc::not_found, "x"}).headers.find("Retry-After"), std::nullopt);
}

TEST(Message, lets_a_page_run_scripts_of_this_server_only_if_it_is_meant_to_have_some)
{
    auto const policy_of = [](Response const& page) { return *page.headers.find("Content-Security-Policy"); };
    auto const plain = html_response("<p>");
    auto const scripted = scripted_html_response("<p>");
    for (auto const& page : {plain, scripted}) {
        EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
        EXPECT_EQ(page.headers.find("Cache-Control"), "no-store");
        EXPECT_TRUE(policy_of(page).starts_with("default-src 'none';"));
        EXPECT_EQ(policy_of(page).find("unsafe"), std::string_view::npos);
    }
    EXPECT_EQ(policy_of(plain).find("script-src"), std::string_view::npos);
    EXPECT_NE(policy_of(scripted).find("script-src 'self';"), std::string_view::npos);
    EXPECT_NE(policy_of(scripted).find("connect-src 'self';"), std::string_view::npos);
}

TEST(Message, writes_json_and_plain_text)
{
    EXPECT_EQ(text_of(json_response("OK")), "\"OK\"");
    EXPECT_EQ(text_of(text_response("stopped")), "stopped");
    EXPECT_EQ(text_response("stopped").content_type, "text/plain; charset=utf-8");
}

} // namespace
} // namespace learning_loop::http
