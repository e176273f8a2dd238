#pragma once

#include "learning_loop/async/lane.h"
#include "learning_loop/base/json.h"
#include "learning_loop/net/http/url.h"
#include "learning_loop/server/deployment_api.h"
#include "learning_loop/server/generator_api.h"
#include "learning_loop/server/image_api.h"
#include "learning_loop/server/model_api.h"
#include "learning_loop/server/page.h"
#include "learning_loop/server/project_api.h"
#include "learning_loop/server/session_api.h"

#include "support/multipart_body.h"
#include "support/run.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {

/// The whole server but for its socket, on an empty folder; requests go through the router as bytes.
class ServerTest : public testing::Test {
protected:
    ServerTest()
    {
        add_session_api(router);
        add_project_api(router, projects, images);
        add_image_api(router, projects, images, checking);
        add_generator_api(router, projects, images, intake, rendering);
        add_model_api(router, projects, models, intake);
        add_deployment_api(router, projects, models, detectors);
        add_page(router, {projects, images, models, detectors});
    }

    http::Response ask(std::string const& method, std::string const& target, std::string body = {}, http::Headers headers = {})
    {
        auto const path = target.substr(0, target.find('?'));
        auto match = router.match(method, path);
        if (!match.handler) return match.refusal;
        http::Request request;
        request.method = method;
        request.path = path;
        request.places = std::move(match.places);
        if (path.size() < target.size()) request.query = http::decoded_pairs(target.substr(path.size() + 1)).value();
        request.headers = std::move(headers);
        request.body = std::move(body);
        return test::run(http::Router::answer_to(*match.handler, std::move(request)));
    }

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

    static boost::json::value json_of(http::Response const& response)
    {
        return parse_json(std::get<std::string>(response.body), "an answer").value();
    }
    static std::string text_of(http::Response const& response) { return std::get<std::string>(response.body); }
    static std::string file_of(http::Response const& response)
    {
        return test::bytes_of(std::get<http::FileBody>(response.body).file);
    }

    test::TempFolder folder;
    store::BlobFiles blobs{folder / "images"};
    store::DatabaseLanes database{folder / "loop.db"};
    store::ProjectRepository projects{database};
    store::ImageRepository images{database, blobs};
    store::ModelRepository models{database, folder / "models"};
    store::DetectorRepository detectors{database};
    Lane checking{"checking", 100, 2};
    Lane rendering{"rendering", 20, 2};
    Lane packing{"packing", 20};
    ModelIntake intake{models, packing, "http://127.0.0.1:8000"};
    http::Router router;

    std::string const jpeg = test::bytes_of(LL_TEST_DATA "/images/rgb_baseline.jpg");
    std::string const gray = test::bytes_of(LL_TEST_DATA "/images/gray.jpg");
    std::string const png = test::bytes_of(LL_TEST_DATA "/images/rgb.png");
    std::string const key = "018f4e6a-0000-7000-8000-00000000000"; ///< And one more digit.
};

} // namespace learning_loop
