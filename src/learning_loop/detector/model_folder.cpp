#include "learning_loop/detector/model_folder.h"

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_models = 3;
constexpr std::size_t max_json_bytes = 16 * 1024 * 1024;

Result<ModelInformation> read_model(fs::path const& folder)
{
    auto const text = read_file(folder / "model.json", max_json_bytes);
    if (!text)
        return Error{Errc::invalid_argument,
                     "the model has no readable model.json: upload it to the Loop again, with one"};
    auto const document = parse_json(*text, "model.json");
    if (!document) return document.error();
    auto model = from_json<ModelInformation>(*document, JsonPath("model.json"));
    if (!model) return model.error();
    model->model_root_path = folder.string();
    return model;
}

} // namespace

ModelFolder::ModelFolder(fs::path data_folder) : data_folder_(std::move(data_folder)), models_(data_folder_ / "models")
{
    fs::create_directories(models_);
    sync_folder(data_folder_);
    empty_staging_folder();
}

fs::path ModelFolder::empty_staging_folder()
{
    auto const staging = models_ / ".staging"; // no version begins with a dot
    fs::remove_all(staging);
    fs::create_directories(staging);
    return staging;
}

Result<ModelInformation> ModelFolder::install(fs::path const& zip, std::string const& version)
{
    auto const unpacked = models_ / ".staging" / "unpacked";
    fs::create_directories(unpacked);
    if (auto const done = unpack_zip(zip, unpacked); !done) return done.error();
    auto const model = read_model(unpacked);
    if (!model) return model.error();
    if (model->version != version) {
        return Error{Errc::invalid_argument,
                     "model.json: version is '" + printable(model->version) + "', but " + version + " was asked for"};
    }
    remove(version);
    rename_durably(unpacked, models_ / version);
    return read_installed(version);
}

Result<ModelInformation> ModelFolder::read_installed(std::string const& version) const
{
    auto const folder = models_ / version;
    if (!fs::is_directory(folder)) return Error{Errc::not_found, "model " + version + " is not on this machine"};
    return read_model(folder);
}

std::optional<ModelInformation> ModelFolder::current() const
{
    std::error_code none;
    auto const target = fs::read_symlink(data_folder_ / "current_model", none);
    auto const version = target.filename().string();
    if (none || !is_version(version)) return std::nullopt;
    auto model = read_installed(version);
    if (model) return *model;
    log::warn("the current model {} cannot be loaded: {}", version, model.error().message);
    return std::nullopt;
}

std::vector<std::string> ModelFolder::versions() const
{
    std::vector<std::string> versions;
    for (auto const& entry : fs::directory_iterator(models_)) {
        if (is_version(entry.path().filename().string())) versions.push_back(entry.path().filename());
    }
    std::sort(versions.begin(), versions.end());
    return versions;
}

void ModelFolder::make_current(std::string const& version)
{
    auto const next = data_folder_ / "current_model.new";
    fs::remove(next);
    fs::create_symlink(fs::path("models") / version, next);
    rename_durably(next, data_folder_ / "current_model");
    std::error_code ignored;
    fs::last_write_time(models_ / version, fs::file_time_type::clock::now(), ignored);
    delete_old_models(version);
}

void ModelFolder::clear()
{
    fs::remove(data_folder_ / "current_model");
    fs::remove_all(models_);
    empty_staging_folder();
}

void ModelFolder::delete_old_models(std::string const& current)
{
    std::vector<std::pair<fs::file_time_type, std::string>> by_age;
    for (auto const& known : versions()) by_age.emplace_back(fs::last_write_time(models_ / known), known);
    std::sort(by_age.rbegin(), by_age.rend());
    for (std::size_t i = max_models; i < by_age.size(); ++i) {
        if (by_age[i].second != current) remove(by_age[i].second);
    }
}

void ModelFolder::remove(std::string const& version)
{
    auto const doomed = models_ / ".staging" / ("old-" + version);
    if (!fs::exists(models_ / version)) return;
    fs::remove_all(doomed);
    fs::rename(models_ / version, doomed); // in one step, so that a crash leaves no incomplete model
    fs::remove_all(doomed);
}

} // namespace learning_loop
