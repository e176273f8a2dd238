#include "learning_loop/converter/failed_models.h"

#include "learning_loop/async/run_caught.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_file_bytes = 16 * 1024 * 1024;

/// The content of the file.
struct FailedModelsFile {
    std::vector<TriedModel> models;
};
BOOST_DESCRIBE_STRUCT(FailedModelsFile, (), (models))

Result<FailedModelsFile> read(std::filesystem::path const& file)
{
    auto const text = read_file(file, max_file_bytes);
    if (!text && text.error().code == Errc::not_found) return FailedModelsFile();
    if (!text) return text.error();
    auto const document = parse_json(*text, "failed_models.json");
    if (!document) return document.error();
    return from_json<FailedModelsFile>(*document, JsonPath("failed_models.json"));
}

TriedModels load(std::filesystem::path const& file)
{
    auto known = read(file);
    if (known) return TriedModels(std::move(known->models));
    log::warn("{}: it is put aside, failed models are tried again", known.error().message);
    std::filesystem::rename(file, file.string() + ".broken");
    return {};
}

} // namespace

FailedModels::FailedModels(std::filesystem::path const& data_folder)
    : file_(data_folder / "failed_models.json"), models_(load(file_))
{}

Task<Result<void>> FailedModels::begin_attempt(SourceModel model)
{
    models_.begin_attempt(model);
    return save();
}

Task<Result<void>> FailedModels::end_attempt(SourceModel model)
{
    models_.end_attempt(model);
    return save();
}

Task<Result<void>> FailedModels::add(SourceModel model, std::string reason)
{
    models_.add_failure(model, reason);
    return save();
}

Task<Result<void>> FailedModels::keep(std::vector<Context> asked, std::vector<SourceModel> listed)
{
    if (models_.keep(asked, listed)) co_return co_await save();
    co_return Result<void>();
}

Task<Result<std::size_t>> FailedModels::forget(std::optional<std::string> id)
{
    auto const count = models_.forget_failures(id);
    if (count == 0 && id) {
        co_return Error{Errc::not_found,
                        "model: '" + printable(*id) + "' has not failed: give the id of one that has, or none for all"};
    }
    auto const saved = co_await save();
    if (!saved) co_return saved.error();
    co_return count;
}

Task<Result<void>> FailedModels::save()
{
    auto text = to_text(to_json(FailedModelsFile{models_.all()})) + "\n";
    auto job = [file = file_, text = std::move(text)] { return replace_durably(file, text); };
    co_return co_await run_caught(disk_, std::move(job));
}

} // namespace learning_loop
