#include "learning_loop/trainer/command/check_trainer_file.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/trainer/command/nearest_name.h"

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

JsonPath const root;

Result<void> check_format(std::string const& format, JsonPath const& path)
{
    if (is_name(format)) return {};
    return error_at(path, "'" + printable(format) +
                              "' is no format: use 1 to 100 of a-z, 0-9, '_', '-' and '.', "
                              "beginning with none of the last two");
}

/// A file or folder of the training.
Result<void> check_place(std::string const& text, JsonPath const& path)
{
    auto const place = fs::path(text).lexically_normal();
    bool const is_inside = !text.empty() && place.is_relative() && place != "." && *place.begin() != "..";
    if (is_inside && text.find('\0') == std::string::npos) return {};
    return error_at(path, "'" + printable(text) + "' must be a path relative to the training's folder, and inside it");
}

Result<void> check_trainer_section(TrainerSection const& trainer)
{
    auto const path = root / "trainer";
    if (auto const good = check_format(trainer.format, path / "format"); !good) return good;
    if (trimmed(trainer.architecture).empty() || trainer.architecture.size() > 200)
        return error_at(path / "architecture", "must name what is trained, in 200 bytes at most");
    return trainer.checkpoint ? check_place(*trainer.checkpoint, path / "checkpoint") : Result<void>();
}

Result<void> check_pretrained_models(std::vector<PretrainedModel> const& models)
{
    auto const path = root / "pretrained_models";
    std::set<std::string> names;
    for (std::size_t i = 0; i < models.size(); ++i) {
        auto const& name = models[i].name;
        auto const here = path / i;
        if (!is_harmless_text(name))
            return error_at(here / "name",
                            "'" + printable(name) +
                                "' must be letters, digits, '_', '.' and '-', beginning with none of the last two");
        if (!names.insert(name).second)
            return error_at(here / "name", "'" + name + "' stands above already: give it another");
    }
    return {};
}

bool is_variable(std::string_view name)
{
    auto const is_part = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    };
    return !name.empty() && name.size() <= 100 && std::all_of(name.begin(), name.end(), is_part);
}

Result<void> check_hyperparameter_names(TrainerFile const& file)
{
    auto const path = root / "hyperparameters";
    std::map<std::string, std::string> variables;
    for (auto const& [name, rule] : file.hyperparameters) {
        if (!is_variable(name)) return error_at(path / name, "must be named by letters, digits and '_'");
        auto const [other, is_new] = variables.emplace(lower_case(name), name);
        if (!is_new)
            return error_at(path / name,
                            "differs from " + other->second +
                                " in its capitals only, which the variables in the environment cannot tell");
    }
    return {};
}

Result<void> check_command(TrainerFile const& file, std::string_view name, std::vector<std::string> const& arguments)
{
    auto const commands = root / "commands";
    auto const path = commands / name;
    if (arguments.empty()) return {};
    if (arguments[0].empty()) return error_at(path, "must begin with a program");
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].find('\0') != std::string::npos) return error_at(path / i, "must not hold a zero byte");
    }
    auto const filled = fill_command(arguments, sample_values(file, name));
    if (filled) return {};
    auto const& message = filled.error().message; // `[2]: ...`
    auto const end = message.find("]: ");
    return error_at(path / static_cast<std::size_t>(std::stoul(message.substr(1, end - 1))), message.substr(end + 3));
}

Result<void> check_commands(TrainerFile const& file)
{
    auto const& commands = file.commands;
    auto const path = root / "commands";
    if (commands.train.empty())
        return error_at(path / "train", "must be a program and its arguments, as [\"python3\", \"train.py\"]");
    for (auto const& [name, arguments] :
         {std::pair("train", &commands.train), std::pair("train_from_base", &commands.train_from_base),
          std::pair("resume", &commands.resume), std::pair("detect", &commands.detect)}) {
        if (auto const good = check_command(file, name, *arguments); !good) return good;
    }
    if (commands.resume.empty() && file.trainer.checkpoint)
        return error_at(root / "trainer" / "checkpoint",
                        "is of no use without a command `resume`: add that, or leave this out");
    return {};
}

/// `name`: of a hyperparameter that is to be a whole number.
Result<void> check_integer_name(TrainerFile const& file, std::string const& name, JsonPath const& path)
{
    std::vector<std::string> names;
    for (auto const& [known, rule] : file.hyperparameters) {
        if (rule.default_value.is_int64()) names.push_back(known);
    }
    if (std::ranges::find(names, name) != names.end()) return {};
    return error_at(path, "the hyperparameter '" + printable(name) + "' of whole numbers " + unknown_name(name, names));
}

Result<void> check_progress(TrainerFile const& file)
{
    if (!file.progress) return {};
    auto const path = root / "progress";
    if (auto const good = check_place(file.progress->csv, path / "csv"); !good) return good;
    return file.progress->epochs ? check_integer_name(file, *file.progress->epochs, path / "epochs") : Result<void>();
}

Result<void> check_best_files(TrainerFile const& file, JsonPath const& path)
{
    auto const& formats = file.best->files;
    for (auto const& [format, files] : formats) {
        auto const here = path / format;
        if (auto const good = check_format(format, here); !good) return good;
        if (files.empty()) return error_at(here, "must name the files of this format");
        std::set<fs::path> names;
        for (std::size_t i = 0; i < files.size(); ++i) {
            if (auto const good = check_place(files[i], here / i); !good) return good;
            if (!names.insert(fs::path(files[i]).filename()).second)
                return error_at(here / i, "another file of this format has the same name, and a model has no folders");
        }
    }
    if (formats.contains(file.trainer.format)) return {};
    return error_at(path, "must name those of the trainer's own format, " + file.trainer.format + ", too");
}

Result<void> check_best(TrainerFile const& file)
{
    if (!file.best) return {};
    auto const& best = *file.best;
    auto const path = root / "best";
    if (auto const good = check_best_files(file, path / "files"); !good) return good;
    if (best.detections) {
        if (auto const good = check_place(*best.detections, path / "detections"); !good) return good;
    }
    if (best.conf_threshold && !(*best.conf_threshold >= 0 && *best.conf_threshold <= 1))
        return error_at(path / "conf_threshold", "must be from 0 to 1");
    return best.resolution ? check_integer_name(file, *best.resolution, path / "resolution") : Result<void>();
}

Result<void> check_detections(TrainerFile const& file)
{
    if (!file.detections) return {};
    auto const path = root / "detections";
    if (auto const good = check_place(file.detections->folder, path / "folder"); !good) return good;
    if (file.commands.detect.empty())
        return error_at(path, "is of no use without a command `detect`: add that, or leave this out");
    return {};
}

} // namespace

bool can_continue_models(TrainerFile const& file)
{
    auto const mentions_base_model = [](std::string const& argument) {
        return argument.find("{base_model}") != std::string::npos;
    };
    return !file.commands.train_from_base.empty() || std::ranges::any_of(file.commands.train, mentions_base_model);
}

Result<void> check_trainer_file(TrainerFile const& file)
{
    if (auto const good = check_trainer_section(file.trainer); !good) return good;
    if (auto const good = check_pretrained_models(file.pretrained_models); !good) return good;
    if (auto const good = check_hyperparameter_names(file); !good) return good;
    if (auto const good = check_commands(file); !good) return good;
    if (auto const good = check_progress(file); !good) return good;
    if (auto const good = check_best(file); !good) return good;
    return check_detections(file);
}

PlaceholderValues sample_values(TrainerFile const& file, std::string_view command)
{
    PlaceholderValues values{{"here", "/HERE"},     {"folder", "/TRAINING"},
                             {"images", "/IMAGES"}, {"variant", ""},
                             {"number", "1"},       {"id", "00000000-0000-0000-0000-000000000001"}};
    if (!file.pretrained_models.empty()) values["variant"] = file.pretrained_models[0].name;
    for (auto const& [name, rule] : file.hyperparameters)
        values["hyperparameters." + name] = hyperparameter_text(rule.default_value);
    if (command == "detect") {
        values.insert({{"model", "/MODEL"}, {"image_list", "/TRAINING/images.txt"}, {"conf_threshold", "0.25"}});
        if (!file.detections) values["detections"] = "/TRAINING/detections.jsonl";
    } else {
        values.insert({{"dataset", "/TRAINING/dataset"}, {"progress", "/TRAINING/progress.jsonl"}});
    }
    if (command == "train_from_base") values["base_model"] = "/TRAINING/base_model";
    if (command == "train" && file.commands.train_from_base.empty()) values["base_model"] = "";
    return values;
}

} // namespace learning_loop
