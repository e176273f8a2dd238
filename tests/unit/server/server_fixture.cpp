#include "unit/server/server_fixture.h"

#include "learning_loop/async/lane.h"
#include "learning_loop/net/http/url.h"
#include "learning_loop/server/deployment_api.h"
#include "learning_loop/server/generator_api.h"
#include "learning_loop/server/image_api.h"
#include "learning_loop/server/model_api.h"
#include "learning_loop/server/page.h"
#include "learning_loop/server/project_api.h"
#include "learning_loop/server/session_api.h"

#include "support/run.h"

namespace learning_loop {

struct ServerTest::Parts {
    explicit Parts(std::filesystem::path const& folder)
        : blobs(folder / "images"), database(folder / "loop.db"), models(database, folder / "models")
    {
        add_session_api(router);
        add_project_api(router, projects, images);
        add_image_api(router, projects, images, checking);
        add_generator_api(router, projects, images, intake, rendering);
        add_model_api(router, projects, models, intake);
        add_deployment_api(router, projects, models, detectors);
        add_page(router, {projects, images, models, detectors});
    }

    store::BlobFiles blobs;
    store::DatabaseLanes database;
    store::ProjectRepository projects{database};
    store::ImageRepository images{database, blobs};
    store::ModelRepository models;
    store::DetectorRepository detectors{database};
    Lane checking{"checking", 100, 2};
    Lane rendering{"rendering", 20, 2};
    Lane packing{"packing", 20};
    ModelIntake intake{models, packing, "http://127.0.0.1:8000"};
    http::Router router;
};

ServerTest::ServerTest() : parts_(std::make_unique<Parts>(folder_.path())) {}
ServerTest::~ServerTest() = default;

http::Response ServerTest::ask(std::string const& method, std::string const& target, std::string body,
                               http::Headers headers)
{
    auto const path = target.substr(0, target.find('?'));
    auto match = parts_->router.match(method, path);
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

void ServerTest::run_sql(std::string const& script)
{
    auto job = [script](store::Database& database) -> Result<bool> {
        database.execute_script(script);
        return true;
    };
    ASSERT_TRUE(test::run(parts_->database.write(job)));
}

} // namespace learning_loop
