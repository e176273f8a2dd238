#include "learning_loop/trainer/training/training_store.h"

#include "learning_loop/async/run_caught.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_file_bytes = std::size_t{64} << 20; // the Loop's details may be long

/// Its ids become names of folders.
Result<void> check_names(TrainingRecord const& record)
{
    auto const& [organization, project] = record.context;
    if (is_uuid(record.id) && is_name(organization) && is_name(project)) return {};
    return Error{Errc::invalid_argument, "its ids are none"};
}

Result<TrainingRecord> read_record(std::filesystem::path const& file)
{
    auto const text = read_file(file, max_file_bytes);
    if (!text) return text.error();
    auto const document = parse_json(*text, file.filename().string());
    if (!document) return document.error();
    auto record = from_json<TrainingRecord>(*document, JsonPath(file.filename().string()));
    if (!record) return record;
    if (auto const checked = check_names(*record); !checked) return checked.error();
    return record;
}

Result<void> remove_durably(std::filesystem::path const& file)
{
    std::filesystem::remove(file);
    sync_folder(file.parent_path());
    return {};
}

} // namespace

TrainingStore::TrainingStore(std::filesystem::path const& data_folder, std::string const& node_uuid)
    : file_(data_folder / ("last_training__" + node_uuid + ".json"))
{}

std::optional<TrainingRecord> TrainingStore::load()
{
    auto record = read_record(file_);
    if (record) return std::move(*record);
    if (record.error().code == Errc::not_found) return std::nullopt;
    problem_ = "an earlier training cannot go on, since its record cannot be read (" + record.error().message +
               "): it is put aside as " + file_.filename().string() + ".broken";
    log::warn("{}", *problem_);
    std::filesystem::rename(file_, file_.string() + ".broken");
    return std::nullopt;
}

Task<Result<void>> TrainingStore::save(TrainingRecord record)
{
    auto job = [file = file_, record = std::move(record)] {
        return replace_durably(file, to_text(to_json(record)) + "\n");
    };
    co_return co_await run_caught(disk_, std::move(job));
}

Task<Result<void>> TrainingStore::remove()
{
    auto job = [file = file_] { return remove_durably(file); };
    co_return co_await run_caught(disk_, std::move(job));
}

} // namespace learning_loop
