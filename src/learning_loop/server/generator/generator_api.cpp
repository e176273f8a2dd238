#include "learning_loop/server/generator/generator_api.h"

#include "learning_loop/async/both.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/generator/generated_images.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::size_t batch_size = 20;

struct OrganizationPath {
    std::string organization;
};
BOOST_DESCRIBE_STRUCT(OrganizationPath, (), (organization))

struct GeneratedProject {
    std::string organization_id;
    std::string project_id;
    std::uint64_t image_count = 0;
};
BOOST_DESCRIBE_STRUCT(GeneratedProject, (), (organization_id, project_id, image_count))

using Numbers = std::vector<std::size_t>;
using Rendered = std::vector<GeneratedImage>;

Result<Rendered> render_all(GeneratedImages const& images, Numbers const& numbers)
{
    Rendered rendered;
    for (auto const number : numbers) rendered.push_back(images.render(number));
    return rendered;
}

class GeneratorApi {
public:
    GeneratorApi(store::ProjectRepository& projects, store::ImageRepository& images, ModelIntake& models,
                 Pool& rendering)
        : projects_(projects), images_(images), models_(models), rendering_(rendering)
    {}

    void add_to(http::Router& router)
    {
        router.post("/api/{organization}/projects/generator", *this, &GeneratorApi::generate)
            .summary("Makes a project of rendered field images, with exact boxes; docs/protocol.md tells the keys.")
            .operation.takes("application/json");
    }

private:
    /// Ends once everything is there. What is there already, after a retry or a crash, stays.
    Task<Result<GeneratedProject>> generate(http::FromPath<OrganizationPath> path, http::Request request)
    {
        auto const organization = path->organization;
        if (!is_name(organization) || lower_case(organization) != organization) {
            co_return Error{Errc::unprocessable, "organization: its id is made of a-z, 0-9, '_', '-' and '.'"};
        }
        auto const json = parse_json(request.body, "the body");
        if (!json) co_return Error{Errc::unprocessable, json.error().message};
        auto const wanted = generator_request_from(*json);
        if (!wanted) co_return wanted.error();
        store::Project asked{0, organization, wanted->project_name, categories_of(*wanted, organization),
                             to_text(to_json(*wanted))};
        auto const project = co_await projects_.make(std::move(asked));
        if (!project) co_return project.error();
        GeneratedImages const images(*wanted);
        if (auto const made = co_await make_images(*project, images); !made) co_return made.error();
        if (auto const made = co_await make_models(*project, *wanted->trainings); !made) co_return made.error();
        log::info("{}/{}: generated with {} images", organization, project->name, images.count());
        co_return GeneratedProject{organization, project->name, images.count()};
    }

    /// In batches, so that whoever watches sees them come and a shutdown does not wait for the last.
    Task<Result<void>> make_images(store::Project const& project, GeneratedImages const& images)
    {
        for (std::size_t first = 0; first < images.count(); first += batch_size) {
            auto const numbers = co_await missing(project, images, first, std::min(first + batch_size, images.count()));
            if (!numbers) co_return numbers.error();
            if (auto const made = co_await make_batch(project, images, *numbers); !made) co_return made.error();
        }
        co_return Result<void>{};
    }

    Task<Result<Numbers>> missing(store::Project const& project, GeneratedImages const& images, std::size_t first,
                                  std::size_t end)
    {
        std::vector<std::string> ids;
        for (auto number = first; number < end; ++number) ids.push_back(images.id_of(number));
        auto const absent = co_await images_.missing(project, ids);
        if (!absent) co_return absent.error();
        Numbers numbers;
        for (auto number = first; number < end; ++number) {
            if (std::find(absent->begin(), absent->end(), ids[number - first]) != absent->end())
                numbers.push_back(number);
        }
        co_return numbers;
    }

    Task<Result<void>> make_batch(store::Project const& project, GeneratedImages const& images, Numbers const& numbers)
    {
        auto const middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
        auto first_half = [&images, half = Numbers(numbers.begin(), middle)] { return render_all(images, half); };
        auto second_half = [&images, half = Numbers(middle, numbers.end())] { return render_all(images, half); };
        auto rendering_first = rendering_.run(std::move(first_half));
        auto rendering_second = rendering_.run(std::move(second_half));
        auto halves = co_await both(std::move(rendering_first), std::move(rendering_second));
        if (!halves.first) co_return halves.first.error();
        if (!halves.second) co_return halves.second.error();
        std::vector<store::NewImage> fresh;
        for (auto const* half : {&*halves.first, &*halves.second}) {
            for (auto const& rendered : *half) {
                fresh.push_back(rendered.image);
                fresh.back().bytes = rendered.jpeg;
            }
        }
        auto const added = co_await images_.add(project, std::move(fresh));
        if (!added) co_return added.error();
        co_return Result<void>{};
    }

    /// What a training would have left, in a format that no detector runs.
    Task<Result<void>> make_models(store::Project const& project, std::int64_t count)
    {
        std::string const format = "mocked";
        for (std::int64_t i = 0; i < count; ++i) {
            auto const id = uuid_of(sha256(project.organization + "/" + project.name + "/model/" + std::to_string(i)));
            std::vector<ZipEntry> files{{"file_1.txt", "content of file one"}, {"file_2.txt", "content of file two"}};
            auto const made = co_await models_.add(project, id, format, std::move(files));
            if (!made && made.error().code != Errc::conflict) co_return made.error(); // conflict: it was made before
        }
        co_return Result<void>{};
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
    ModelIntake& models_;
    Pool& rendering_;
};

} // namespace

void add_generator_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                       ModelIntake& models, Pool& rendering)
{
    router.keep<GeneratorApi>(projects, images, models, rendering);
}

} // namespace learning_loop
