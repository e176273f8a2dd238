#include "learning_loop/server/generator/generator_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/project.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/generator/project_generator.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

struct OrganizationPath {
    std::string organization;
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (organization))

/// The body of the request, checked and completed.
struct GeneratorBody {
    GeneratorRequest request;
};

Error made_from_another(store::Project const& project)
{
    return {Errc::conflict, "project_name: '" + project.name + "' exists already and was made from " +
                                project.generator.value_or("something else") +
                                ": choose another name or send those parameters"};
}

} // namespace

template <>
struct http::Argument<GeneratorBody> {
    static Result<void> read(http::Request& request, GeneratorBody& into)
    {
        auto const json = parse_json(request.body, "the body");
        if (!json) return Error{Errc::unprocessable, json.error().message};
        auto wanted = generator_request_from(*json);
        if (!wanted) return wanted.error();
        into.request = std::move(*wanted);
        return {};
    }
    static void describe(http::Operation& operation) { operation.takes_json(json_type<GeneratorRequest>()); }
};

namespace {

class GeneratorApi {
public:
    GeneratorApi(store::ProjectRepository& projects, store::ImageRepository& images, ModelIntake& models,
                 Pool& rendering)
        : projects_(projects), generator_(images, models, rendering)
    {}

    void add_to(http::Router& router)
    {
        router.post(loop_api::generator, *this, &GeneratorApi::generate)
            .open_to(http::Access::people)
            .takes_room()
            .summary("Makes a project of rendered field images, with exact boxes; docs/protocol.md tells the keys.");
    }

private:
    /// Ends once everything is there. What is there already, after a retry or a crash, stays.
    Task<Result<GeneratedProject>> generate(http::FromPath<OrganizationPath> path, GeneratorBody body)
    {
        auto const& organization = path->organization;
        if (!is_name(organization) || lower_case(organization) != organization)
            co_return Error{Errc::unprocessable, "organization: its id is made of a-z, 0-9, '_', '-' and '.'"};
        auto const& wanted = body.request;
        store::Project asked{0, organization, wanted.project_name, categories_of(wanted, organization),
                             to_text(to_json(wanted))};
        auto const project = co_await projects_.find_or_make(asked);
        if (!project) co_return project.error();
        if (project->generator != asked.generator) co_return made_from_another(*project);
        GeneratedImages const images(wanted);
        if (auto const made = co_await generator_.make_images(*project, images); !made) co_return made.error();
        auto const made = co_await generator_.make_models(*project, *wanted.trainings);
        if (!made) co_return made.error();
        log::info("{}/{}: generated with {} images", organization, project->name, images.count());
        co_return GeneratedProject{organization, project->name, images.count()};
    }

    store::ProjectRepository& projects_;
    ProjectGenerator generator_;
};

} // namespace

void add_generator_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                       ModelIntake& models, Pool& rendering)
{
    router.keep<GeneratorApi>(projects, images, models, rendering);
}

} // namespace learning_loop
