#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/message.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/tables.h"

#include "support/multipart_body.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>

namespace learning_loop {

class Accounts;
class NodeHub;
namespace store {
class ProjectRepository;
}

/// The whole server but for its socket, on an empty folder; requests go through the router as bytes, from this machine.
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

    /// Who asks. Absent: the door finds out by the headers.
    std::optional<http::Caller> caller = http::Caller{http::Caller::Kind::user, "admin", http::Access::operators, {}};
    http::Sender sender{"127.0.0.1"};

    /// The value of a header Authorization for a new token. `project`: its only one.
    std::string token_of(store::TokenKind kind, std::string const& name, std::string const& project = "");
    std::string login_of_admin(); ///< The same for a login.

    /// The same for one of each kind of caller, in this order: nobody from elsewhere, nobody on this machine (both
    /// empty), a node, a node of another project, a script, a script of another project, a user. Makes demo/field and
    /// demo/other.
    std::vector<std::string> authorizations_of_all();

    http::Router const& router() const;
    Accounts& accounts();
    store::ProjectRepository& projects();
    NodeHub& hub();
    boost::asio::any_io_executor executor();

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

    static constexpr auto* admin_password = "the-tests-own";

private:
    struct Loop;

    test::TempFolder folder_;
    std::unique_ptr<Loop> loop_; // out of sight, so that not every test compiles Asio
};

} // namespace learning_loop
