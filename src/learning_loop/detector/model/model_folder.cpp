#include "learning_loop/detector/model/model_folder.h"

#include "learning_loop/archive/zip.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/model/checksums.h"
#include "learning_loop/json/json.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_models = 3;
constexpr std::size_t max_json_bytes = 16 * 1024 * 1024;

fs::file_type type_of(fs::path const& path)
{
    return fs::symlink_status(path).type(); // a link leads elsewhere: it is never followed
}

fs::file_time_type last_used(fs::path const& folder)
{
    std::error_code unknown;
    auto const time = fs::last_write_time(folder, unknown);
    return unknown ? fs::file_time_type::min() : time;
}

Result<ModelInformation> read_model(fs::path const& folder, std::string const& version)
{
    auto const text = read_file(folder / "model.json", max_json_bytes);
    if (!text)
        return Error{Errc::invalid_argument,
                     "the model has no readable model.json: upload it to the Loop again, with one"};
    auto const document = parse_json(*text, "model.json");
    if (!document) return document.error();
    auto model = from_json<ModelInformation>(*document, JsonPath("model.json"));
    if (!model) return model.error();
    if (model->version != version) {
        return Error{Errc::invalid_argument,
                     "model.json: version is '" + printable(model->version) + "', but " + version + " was asked for"};
    }
    model->model_root_path = folder.string();
    return model;
}

} // namespace

ModelFolder::ModelFolder(fs::path data_folder)
    : data_folder_(std::move(data_folder)),
      models_(data_folder_ / "models"),
      staging_(models_ / ".staging") // no version begins with a dot
{
    fs::create_directories(models_);
    sync_folder(data_folder_);
    empty_staging_folder();
}

fs::path ModelFolder::empty_staging_folder()
{
    fs::remove_all(staging_);
    fs::create_directories(staging_);
    return staging_;
}

Result<ModelInformation> ModelFolder::install(fs::path const& zip, std::string const& version)
{
    auto const unpacked = staging_ / "unpacked";
    fs::create_directories(unpacked);
    if (auto const done = unpack_zip(zip, unpacked); !done) return done.error();
    if (auto const model = read_model(unpacked, version); !model) return model.error();
    if (auto const listed = write_checksums(unpacked); !listed) return listed.error();
    sync_folder(unpacked);
    discard(models_ / version);
    rename_durably(unpacked, models_ / version);
    return read_model(models_ / version, version);
}

Result<ModelInformation> ModelFolder::read_installed(std::string const& version) const
{
    auto const folder = models_ / version;
    if (type_of(folder) != fs::file_type::directory)
        return Error{Errc::not_found, "model " + version + " is not on this machine"};
    auto model = read_model(folder, version);
    if (!model) return model;
    if (auto const whole = check_checksums(folder); !whole) return whole.error();
    return model;
}

std::optional<std::string> ModelFolder::current_version() const
{
    std::error_code none;
    auto const target = fs::read_symlink(data_folder_ / "current_model", none);
    // Its folder is not looked at: a data folder may have been moved, and nothing may lead out of it.
    auto const version = target.filename().string();
    if (none || !is_version(version)) return std::nullopt;
    return version;
}

std::vector<std::string> ModelFolder::versions() const
{
    std::vector<std::string> versions;
    for (auto const& entry : fs::directory_iterator(models_)) {
        auto const name = entry.path().filename().string();
        if (is_version(name) && type_of(entry.path()) == fs::file_type::directory) versions.push_back(name);
    }
    std::ranges::sort(versions);
    return versions;
}

std::vector<std::string> ModelFolder::last_used_first() const
{
    auto all = versions();
    std::ranges::stable_sort(all, std::greater(), [this](auto const& version) { return last_used(models_ / version); });
    return all;
}

void ModelFolder::make_current(std::string const& version)
{
    auto const next = data_folder_ / "current_model.new";
    auto const link = data_folder_ / "current_model";
    fs::remove_all(next);
    fs::create_symlink(fs::path("models") / version, next);
    if (type_of(link) == fs::file_type::directory) discard(link); // no link of ours: one that was copied with its files
    rename_durably(next, link);

    // Later than all others, also where the clock has jumped back.
    auto used = fs::file_time_type::clock::now();
    for (auto const& known : versions())
        used = std::max(used, last_used(models_ / known) + std::chrono::milliseconds(10));
    std::error_code ignored;
    fs::last_write_time(models_ / version, used, ignored);
}

void ModelFolder::delete_old_models()
{
    auto const current = current_version();
    auto all = last_used_first();
    std::ranges::stable_partition(all, [&](auto const& version) { return version == current; });
    for (std::size_t i = max_models; i < all.size(); ++i) remove(all[i]);
}

void ModelFolder::remove(std::string const& version)
{
    if (version != current_version()) discard(models_ / version);
}

void ModelFolder::clear()
{
    fs::remove(data_folder_ / "current_model");
    for (auto const& entry : fs::directory_iterator(models_)) fs::remove_all(entry.path());
    empty_staging_folder();
}

/// Deletes what has this name, whatever it is: in one step, so that a crash leaves no incomplete model.
void ModelFolder::discard(fs::path const& path)
{
    if (type_of(path) == fs::file_type::not_found) return;
    auto const doomed = staging_ / ("old-" + path.filename().string());
    fs::remove_all(doomed);
    fs::rename(path, doomed);
    fs::remove_all(doomed);
}

} // namespace learning_loop
