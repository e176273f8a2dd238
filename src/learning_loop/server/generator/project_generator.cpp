#include "learning_loop/server/generator/project_generator.h"

#include "learning_loop/async/both.h"
#include "learning_loop/async/pool.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/server/generator/planned_models.h"
#include "learning_loop/server/models/model_intake.h"
#include "learning_loop/server/models/model_package.h"
#include "learning_loop/store/image_intake.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/training_repository.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::size_t batch_size = 20;
constexpr auto* by_us = "the generator";

} // namespace

Task<Result<void>> ProjectGenerator::make_images(store::Project const& project, GeneratedImages const& images)
{
    for (std::size_t first = 0; first < images.count(); first += batch_size) {
        auto numbers = co_await find_missing(project, images, first, std::min(first + batch_size, images.count()));
        if (!numbers) co_return numbers.error();
        auto const made = co_await make_batch(project, images, std::move(*numbers));
        if (!made) co_return made.error();
    }
    co_return Result<void>{};
}

Task<Result<ProjectGenerator::Numbers>> ProjectGenerator::find_missing(store::Project const& project,
                                                                       GeneratedImages const& images, std::size_t first,
                                                                       std::size_t end)
{
    std::vector<std::string> ids;
    for (auto number = first; number < end; ++number) ids.push_back(images.id_of(number));
    auto const absent = co_await images_.missing(project.number, ids);
    if (!absent) co_return absent.error();
    Numbers numbers;
    for (auto number = first; number < end; ++number) {
        bool const is_absent = std::find(absent->begin(), absent->end(), ids[number - first]) != absent->end();
        if (is_absent) numbers.push_back(number);
    }
    co_return numbers;
}

Task<Result<void>> ProjectGenerator::make_batch(store::Project const& project, GeneratedImages const& images,
                                                Numbers numbers)
{
    auto const middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    auto first_half = render(images, Numbers(numbers.begin(), middle));
    auto second_half = render(images, Numbers(middle, numbers.end()));
    auto const halves = co_await both(std::move(first_half), std::move(second_half));
    if (!halves.first) co_return halves.first.error();
    if (!halves.second) co_return halves.second.error();
    std::vector<store::NewImage> fresh;
    for (auto const* half : {&*halves.first, &*halves.second}) {
        for (auto const& rendered : *half) {
            fresh.push_back(rendered.image);
            fresh.back().bytes = rendered.jpeg;
        }
    }
    auto const added = co_await image_intake_.add(project.number, std::move(fresh));
    if (!added) co_return added.error();
    co_return Result<void>{};
}

Task<Result<ProjectGenerator::Rendered>> ProjectGenerator::render(GeneratedImages const& images, Numbers numbers)
{
    auto job = [&images, numbers = std::move(numbers)]() -> Result<Rendered> {
        Rendered rendered;
        for (auto const number : numbers) rendered.push_back(images.render(number));
        return rendered;
    };
    co_return co_await rendering_.run(std::move(job));
}

Task<Result<void>> ProjectGenerator::check_ids(std::int64_t project, std::vector<GeneratorModel> const& models)
{
    std::vector<std::string> ids;
    for (auto const& model : models) {
        if (model.id) ids.push_back(*model.id);
    }
    auto const taken = co_await models_.taken_elsewhere(project, std::move(ids));
    if (!taken) co_return taken.error();
    for (std::size_t i = 0; i < models.size(); ++i) {
        auto const& id = models[i].id;
        if (!id || std::ranges::find(*taken, *id) == taken->end()) continue;
        co_return Error{Errc::conflict, "models[" + std::to_string(i) + "].id: another project has or had a model " +
                                            *id + ": choose another id, or give none"};
    }
    co_return Result<void>{};
}

Task<Result<void>> ProjectGenerator::make_models(store::Project const& project,
                                                 std::vector<PlannedModel> const& planned)
{
    for (auto const& model : planned) {
        auto const made = co_await make_model(project, model);
        if (!made) co_return made.error();
        if (!model.is_of_training) continue;
        auto const trained = co_await make_training(project, model.id);
        if (!trained) co_return trained.error();
    }
    co_return Result<void>{};
}

Task<Result<void>> ProjectGenerator::make_model(store::Project const& project, PlannedModel planned)
{
    auto const there = co_await models_.find(project.number, planned.id);
    if (!there) co_return there.error();
    for (auto const& format : planned.formats) {
        if (*there && std::ranges::find((*there)->formats, format) != (*there)->formats.end()) continue;
        auto package = package_of({{"file_1.txt", "content of file one"}, {"file_2.txt", "content of file two"}}, {});
        if (!package) co_return package.error();
        store::NewModel wanted;
        wanted.id = planned.id;
        wanted.version = planned.version;
        wanted.comment = "generated";
        auto const turn = co_await intake_.wait_for_turn();
        if (!turn) co_return turn.error();
        auto const made = co_await intake_.add(project, format, std::move(*package), std::move(wanted));
        if (!made) co_return Error{made.error().code, "models: " + made.error().message};
    }
    co_return Result<void>{};
}

Task<Result<void>> ProjectGenerator::make_training(store::Project const& project, std::string model)
{
    store::TrainingRow row;
    row.project = project.number;
    row.state = TrainingState::completed;
    row.created = timestamp_now();
    row.ended = row.created;
    row.created_by = by_us;
    row.hyperparameters = "{}";
    co_return co_await trainings_.add_ended(std::move(row), std::move(model));
}

Task<Result<void>> ProjectGenerator::set_target(store::Project const& project, std::string model)
{
    auto const chosen = co_await models_.target(project.number);
    if (!chosen) co_return chosen.error();
    if (*chosen) co_return Result<void>{};
    auto const set = co_await models_.set_target(project.number, std::move(model), by_us);
    if (!set) co_return set.error();
    co_return Result<void>{};
}

} // namespace learning_loop
