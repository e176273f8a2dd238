#include "learning_loop/http/api/service_api.h"

#include "support/run.h"

#include <gtest/gtest.h>

namespace learning_loop::http {
namespace {

struct ServiceApiTest : testing::Test {
    Metrics metrics;
    Health health;
    Router router;
    std::optional<std::string> fault = "no model is loaded";

    ServiceApiTest()
    {
        health.add("model", [this] { return fault; });
        health.add("disk", [] { return std::nullopt; });
        add_service_api(router, metrics, health, "A detector");
    }
    Response get(std::string const& path)
    {
        return test::run(Router::answer_to(*router.match("GET", path)->route, Request()));
    }
    static std::string body_of(Response const& response) { return std::get<std::string>(response.body); }
};

TEST_F(ServiceApiTest, is_live_before_it_is_ready)
{
    EXPECT_EQ(get("/health/live").status, 200);
    auto const not_ready = get("/health/ready");
    EXPECT_EQ(not_ready.status, 503);
    EXPECT_EQ(body_of(not_ready), R"({"status":"not ready","faults":{"model":"no model is loaded"}})");
    EXPECT_TRUE(not_ready.headers.find("Retry-After"));
    fault.reset();
    EXPECT_EQ(get("/health/ready").status, 200);
}

TEST_F(ServiceApiTest, shows_the_metrics)
{
    metrics.counter("frames_total", "Frames.").Increment();
    auto const answer = get("/metrics");
    EXPECT_TRUE(answer.content_type.starts_with("text/plain; version=0.0.4"));
    EXPECT_NE(body_of(answer).find("frames_total 1"), std::string::npos);
}

TEST_F(ServiceApiTest, describes_itself_for_programs_and_for_people)
{
    auto const document = parse_json(body_of(get("/openapi.json")), "it").value();
    EXPECT_EQ(document.at("info").at("title"), "A detector");
    EXPECT_TRUE(document.at("paths").as_object().contains("/health/ready"));
    for (auto const* path : {"/docs", "/redoc"}) {
        auto const page = get(path);
        EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
        EXPECT_NE(body_of(page).find("/health/ready"), std::string::npos);
        EXPECT_NE(page.headers.find("Content-Security-Policy")->find("default-src 'none'"), std::string::npos);
    }
}

} // namespace
} // namespace learning_loop::http
