#include "learning_loop/trainer/command/command_trainer.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"
#include "learning_loop/trainer/command/best_files.h"
#include "learning_loop/trainer/command/check_trainer_file.h"
#include "learning_loop/trainer/command/confusion.h"
#include "learning_loop/trainer/command/impl/file_inside.h"
#include "learning_loop/trainer/command/layouts.h"
#include "learning_loop/trainer/command/nearest_name.h"
#include "learning_loop/trainer/command/yolo_texts.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

fs::path progress_file(Training const& training)
{
    return training.folder / "progress.jsonl";
}

fs::path layout_folder(Training const& training)
{
    return training.folder / "dataset";
}

bool has_content(fs::path const& file)
{
    std::error_code error;
    return fs::file_size(file, error) > 0 && !error;
}

/// What the Loop sent and the program does not know, for people who wonder why it has no effect.
void tell_unused(Hyperparameters const& sent, std::map<std::string, HyperparameterRule> const& rules)
{
    std::string names;
    for (auto const& [name, value] : sent) {
        if (!rules.contains(name)) names += (names.empty() ? "" : ", ") + printable(name);
    }
    if (!names.empty())
        log::info("hyperparameters of the Loop that the trainer file does not name: {}", printable(names));
}

} // namespace

CommandTrainer::CommandTrainer(TrainerFile file, fs::path here) : file_(std::move(file)), here_(fs::absolute(here)) {}

CommandTrainer::Followed& CommandTrainer::follow(Training const& training)
{
    if (followed_ && followed_->id == training.id) return *followed_;
    followed_ = Followed{training.id, ProgressLines(progress_file(training), training.categories), {}};
    if (file_.progress) {
        std::optional<double> epochs;
        auto const values = check_hyperparameters(training.hyperparameters, file_.hyperparameters);
        if (values && file_.progress->epochs) epochs = values->at(*file_.progress->epochs).to_number<double>();
        followed_->table.emplace(training.folder / file_.progress->csv, *file_.progress, epochs);
    }
    return *followed_;
}

Result<std::string> CommandTrainer::variant_of(Training const& training) const
{
    auto const& variant = training.model_variant;
    if (file_.pretrained_models.empty()) {
        if (variant.empty() || is_harmless_text(variant)) return variant;
        return Error{Errc::unprocessable, "model_variant '" + printable(variant) + "' is no name of a model"};
    }
    if (variant.empty()) return file_.pretrained_models[0].name;
    std::vector<std::string> names;
    for (auto const& model : file_.pretrained_models) names.push_back(model.name);
    if (std::ranges::find(names, variant) != names.end()) return variant;
    return Error{Errc::unprocessable, "model_variant '" + printable(variant) + "' " + unknown_name(variant, names)};
}

/// Those of every command.
Result<PlaceholderValues> CommandTrainer::values_of(Training const& training) const
{
    auto variant = variant_of(training);
    if (!variant) return variant.error();
    auto const hyperparameters = check_hyperparameters(training.hyperparameters, file_.hyperparameters);
    if (!hyperparameters) return hyperparameters.error();
    PlaceholderValues values{{"here", here_.string()},
                             {"folder", fs::absolute(training.folder).string()},
                             {"images", fs::absolute(training.images).string()},
                             {"variant", std::move(*variant)},
                             {"number", std::to_string(training.number)},
                             {"id", training.id}};
    for (auto const& [name, value] : *hyperparameters) values["hyperparameters." + name] = hyperparameter_text(value);
    return values;
}

Result<Command> CommandTrainer::command_to_train(Training const& training, std::vector<std::string> const& arguments,
                                                 std::optional<std::string> base_model)
{
    auto values = values_of(training);
    if (!values) return values.error();
    values->emplace("dataset", fs::absolute(layout_folder(training)).string());
    values->emplace("progress", fs::absolute(progress_file(training)).string());
    if (base_model) values->emplace("base_model", std::move(*base_model));
    if (auto const written = write_layout(file_.trainer.layout, training, layout_folder(training)); !written)
        return written.error();
    auto const hyperparameters = check_hyperparameters(training.hyperparameters, file_.hyperparameters);
    auto const text = to_text(to_json(hyperparameters.value())) + "\n";
    if (auto const written = replace_durably(training.folder / "hyperparameters.json", text); !written)
        return written.error();
    auto command = fill_command(arguments, *values);
    if (command) command->environment["PYTHONUNBUFFERED"] = "1"; // else the log lags behind by kilobytes
    return command;
}

Result<Command> CommandTrainer::start(Training const& training)
{
    if (training.base_model && !can_continue_models(file_)) {
        return Error{Errc::unprocessable,
                     "this trainer cannot continue a model: begin from scratch, or give its file a "
                     "command `train_from_base`"};
    }
    tell_unused(training.hyperparameters, file_.hyperparameters);
    auto const& commands = file_.commands;
    auto const base_model = training.base_model ? fs::absolute(*training.base_model).string() : std::string();
    bool const has_command = training.base_model && !commands.train_from_base.empty();
    auto command = command_to_train(training, has_command ? commands.train_from_base : commands.train, base_model);
    if (!command) return command;
    fs::remove(progress_file(training)); // of an earlier try, of which nothing goes on
    followed_.reset();
    return command;
}

Result<std::optional<Command>> CommandTrainer::resume(Training const& training)
{
    if (file_.commands.resume.empty()) return std::nullopt;
    auto const progress = file_.progress ? training.folder / file_.progress->csv : progress_file(training);
    if (!has_content(progress)) return std::nullopt;
    if (auto const& file = file_.trainer.checkpoint; file && !has_content(training.folder / *file)) return std::nullopt;
    auto command = command_to_train(training, file_.commands.resume, std::nullopt);
    if (!command) return command.error();
    return std::optional(std::move(*command));
}

TrainingProgress CommandTrainer::progress(Training const& training)
{
    auto& followed = follow(training);
    if (followed.table) {
        followed.table->read_new();
        return followed.table->progress();
    }
    followed.lines.read_new();
    return followed.lines.progress();
}

Result<std::optional<BestState>> CommandTrainer::find_best_state(Training const& training,
                                                                 std::optional<BestState> const& last)
{
    auto const epoch = progress(training).epoch;
    if (file_.best) {
        auto state = find_best_files(training, *file_.best, format(), last, epoch);
        if (!state || !*state || !file_.best->resolution) return state;
        auto const values = check_hyperparameters(training.hyperparameters, file_.hyperparameters);
        if (values) (*state)->description["resolution"] = values->at(*file_.best->resolution);
        return state;
    }
    auto& lines = follow(training).lines;
    lines.read_new();
    auto const& best = lines.best();
    if (!best || (last && last->mark == best->mark)) return std::nullopt;
    for (auto const& [format, files] : best->files) {
        for (auto const& file : files) {
            auto const found = find_model_file(training.folder, file);
            if (!found)
                return Error{found.error().code, "a best state of the training program: " + found.error().message};
        }
    }
    return best;
}

Result<std::optional<Command>> CommandTrainer::detect_program(Training const& training, DetectionJob const& job)
{
    if (!detects()) return std::nullopt;
    auto values = values_of(training);
    if (!values) return values.error();
    values->emplace("model", fs::absolute(job.model.model_root_path.value()).string());
    values->emplace("image_list", fs::absolute(job.image_list).string());
    values->emplace("conf_threshold", to_text(job.model.conf_threshold.value_or(usual_conf_threshold)));
    if (file_.detections) {
        auto const texts = find_inside(training.folder, file_.detections->folder);
        if (texts) fs::remove_all(*texts); // of an earlier model
        else if (texts.error().code != Errc::not_found) return texts.error();
    } else {
        values->emplace("detections", fs::absolute(job.detections).string());
    }
    auto command = fill_command(file_.commands.detect, *values);
    if (!command) return command.error();
    command->environment["PYTHONUNBUFFERED"] = "1";
    return std::optional(std::move(*command));
}

Result<void> CommandTrainer::collect_detections(Training const& training, DetectionJob const& job)
{
    if (!file_.detections) return {};
    auto const folder = find_inside(training.folder, file_.detections->folder);
    if (!folder && folder.error().code != Errc::not_found) return folder.error();
    // Without a folder nothing was found in any image.
    return collect_yolo_texts(training, job, folder ? *folder : training.folder / file_.detections->folder);
}

} // namespace learning_loop
