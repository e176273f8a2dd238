#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/message.h"
#include "learning_loop/json/json.h"

#include "support/multipart_body.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <memory>

namespace learning_loop {

/// The whole server but for its socket, on an empty folder; requests go through the router as bytes.
class ServerTest : public testing::Test {
protected:
    ServerTest();
    ~ServerTest() override;

    http::Response ask(std::string const& method, std::string const& target, std::string body = {},
                       http::Headers headers = {});
    http::Response get(std::string const& target) { return ask("GET", target); }
    http::Response post_files(std::string const& path, std::vector<std::pair<std::string, std::string>> const& files)
    {
        return ask("POST", path, test::multipart_body(files), {{"Content-Type", test::multipart_type}});
    }
    http::Response generate(std::string const& keys) { return ask("POST", "/api/demo/projects/generator", keys); }

    /// A project without images; its path.
    std::string empty_project()
    {
        EXPECT_EQ(generate(R"({"project_name": "field", "box_categories": 2})").status, 200);
        return "/api/demo/projects/field";
    }

    http::Router const& router() const;

    void run_sql(std::string const& script);

    static boost::json::value json_of(http::Response const& response)
    {
        return parse_json(std::get<std::string>(response.body), "an answer").value();
    }
    static std::string text_of(http::Response const& response) { return std::get<std::string>(response.body); }
    static std::string file_of(http::Response const& response)
    {
        return test::bytes_of(std::get<http::FileBody>(response.body).file);
    }

    std::string const jpeg = test::bytes_of(LL_TEST_DATA "/images/rgb_baseline.jpg");
    std::string const gray = test::bytes_of(LL_TEST_DATA "/images/gray.jpg");
    std::string const png = test::bytes_of(LL_TEST_DATA "/images/rgb.png");
    std::string const key = "018f4e6a-0000-7000-8000-00000000000"; ///< And one more digit.

private:
    struct Loop;

    test::TempFolder folder_;
    std::unique_ptr<Loop> loop_; // out of sight, so that not every test compiles Asio
};

} // namespace learning_loop
