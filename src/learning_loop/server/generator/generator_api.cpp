#include "learning_loop/server/generator/generator_api.h"

#include "learning_loop/async/turns.h"
#include "learning_loop/base/log.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/project.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/generator/planned_models.h"
#include "learning_loop/server/generator/project_generator.h"
#include "learning_loop/server/projects/organization_path.h"
#include "learning_loop/server/projects/project_name.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

/// The body of the request, checked and completed.
struct GeneratorBody {
    GeneratorRequest request;
};

/// Whether the project was made from this request; earlier versions kept it with fewer keys.
bool was_made_from(store::Project const& project, std::string const& request)
{
    if (!project.generator) return false;
    auto const kept = parse_json(*project.generator, "a stored request");
    if (!kept) return false;
    auto const completed = generator_request_from(*kept);
    return completed && to_text(to_json(*completed)) == request;
}

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
    GeneratorApi(store::ProjectRepository& projects, GeneratorParts const& parts)
        : projects_(projects), generator_(parts)
    {}

    void add_to(http::Router& router)
    {
        router.post(loop_api::generator, *this, &GeneratorApi::generate)
            .open_to(http::Access::people)
            .takes_room()
            .summary("Makes a project of rendered field images, with exact marks; docs/protocol.md tells the keys.");
    }

private:
    /// Ends once everything is there. What is there already, after a retry or a crash, stays.
    Task<Result<GeneratedProject>> generate(http::FromPath<OrganizationPath> path, GeneratorBody body)
    {
        auto const& organization = path->organization;
        if (auto const good = check_organization(organization); !good) co_return good.error();
        auto const& wanted = body.request;
        // The same request again, while the first is at work, would make the same things beside it.
        auto const turn = co_await turns_.take(organization + "/" + wanted.project_name);
        if (!turn) co_return turn.error();
        store::Project asked;
        asked.organization = organization;
        asked.name = wanted.project_name;
        asked.categories = categories_of(wanted, organization);
        asked.generator = to_text(to_json(wanted));
        auto const earlier = co_await projects_.find(organization, wanted.project_name);
        if (!earlier) co_return earlier.error();
        auto const number = *earlier ? (*earlier)->number : 0;
        auto const can_be_made = co_await generator_.check_ids(number, wanted.models); // else a project would stay
        if (!can_be_made) co_return can_be_made.error();
        auto const project = co_await projects_.find_or_make(asked);
        if (!project) co_return project.error();
        if (!was_made_from(*project, *asked.generator)) co_return made_from_another(*project);
        auto const filled = co_await fill(*project, wanted);
        if (!filled) co_return filled.error();
        log::info("{}/{}: generated with {} images", organization, project->name, *filled);
        co_return GeneratedProject{organization, project->name, *filled};
    }

    /// Returns how many images there are.
    Task<Result<std::size_t>> fill(store::Project const& project, GeneratorRequest const& wanted)
    {
        auto const models = planned_models(wanted, project.organization);
        auto const made = co_await generator_.make_models(project, models);
        if (!made) co_return made.error();
        auto const& target = wanted.deployment_target;
        auto const chosen = target ? find_planned(models, *target) : std::nullopt;
        if (chosen) {
            auto const set = co_await generator_.set_target(project, *chosen);
            if (!set) co_return set.error();
        }
        GeneratedImages const images(wanted);
        auto const rendered = co_await generator_.make_images(project, images);
        if (!rendered) co_return rendered.error();
        co_return images.count();
    }

    store::ProjectRepository& projects_;
    ProjectGenerator generator_;
    Turns turns_;
};

} // namespace

void add_generator_api(http::Router& router, store::ProjectRepository& projects, GeneratorParts const& parts)
{
    router.keep<GeneratorApi>(projects, parts);
}

} // namespace learning_loop
