#include "learning_loop/server/models/model_intake.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/server/models/model_package.h"
#include "learning_loop/store/model_repository.h"

#include <memory>

namespace learning_loop {
namespace {

/// Writes the zip and returns how many bytes it has.
Result<std::int64_t> pack(std::filesystem::path const& zip, std::vector<ZipEntry> files, ModelFacts const& facts,
                          std::uint64_t min_free_bytes)
{
    if (auto corrected = correct_model_json(files, facts); !corrected) return corrected.error();
    std::vector<ZipSource> sources;
    std::uint64_t bytes = 0;
    for (auto const& file : files) bytes += file.bytes.size();
    for (auto& file : files) sources.push_back({std::move(file.name), std::move(file.bytes)});
    auto const written = unless_disk_is_full([&] {
        make_folder_durably(zip.parent_path());
        if (min_free_bytes != 0 && free_bytes(zip.parent_path()) < min_free_bytes + bytes)
            return Result<void>(
                Error{Errc::out_of_space, "the disk that holds the models is almost full: free some space"});
        return write_zip(zip, sources);
    });
    if (!written) return written.error();
    return static_cast<std::int64_t>(std::filesystem::file_size(zip));
}

} // namespace

Task<Result<std::vector<ZipEntry>>> ModelIntake::read(http::Upload upload)
{
    // shared: with the copies that the job may be made of
    auto job = [upload = std::make_shared<http::Upload>(std::move(upload))] { return read_model_upload(*upload); };
    co_return co_await packing_.run(std::move(job));
}

Task<Result<Model>> ModelIntake::add(store::Project project, std::string id, std::string format,
                                     std::vector<ZipEntry> files)
{
    auto const comment = "uploaded at " + timestamp_now();
    auto model = co_await models_.reserve(project.number, id, comment);
    if (!model) co_return model.error();
    ModelFacts facts{host_, project.organization, project.name, id, model->version, format, project.categories};
    auto job = [zip = models_.file_of(project.organization, project.name, id, format), files = std::move(files),
                facts = std::move(facts),
                floor = min_free_bytes_]() mutable { return pack(zip, std::move(files), facts, floor); };
    auto const bytes = co_await packing_.run(std::move(job));
    if (!bytes) {
        auto const freed = co_await models_.give_up(id);
        co_return freed ? bytes.error() : freed.error();
    }
    auto const added = co_await models_.add_format(project.number, id, format, *bytes);
    if (!added) co_return added.error();
    model->formats.push_back(format);
    co_return model;
}

} // namespace learning_loop
