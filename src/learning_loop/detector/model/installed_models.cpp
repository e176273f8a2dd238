#include "learning_loop/detector/model/installed_models.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"

#include <algorithm>

namespace learning_loop {

template <class Job>
Task<std::invoke_result_t<Job&>> InstalledModels::on_disk(Job job)
{
    auto without_exceptions = [job = std::move(job)]() mutable -> std::invoke_result_t<Job&> {
        try {
            return job();
        } catch (std::exception const& failure) {
            return Error{Errc::unavailable, failure.what()};
        }
    };
    co_return co_await disk_.run(std::move(without_exceptions));
}

Task<Result<ModelInformation>> InstalledModels::read(std::string version)
{
    auto job = [this, version = std::move(version)] { return folder_.read_installed(version); };
    co_return co_await on_disk(std::move(job));
}

Task<Result<std::vector<std::string>>> InstalledModels::best_first()
{
    struct Found {
        std::optional<std::string> linked;
        std::vector<std::string> versions;
    };
    auto job = [this]() -> Result<Found> { return Found{folder_.current_version(), folder_.last_used_first()}; };
    auto found = co_await on_disk(std::move(job));
    if (!found) co_return found.error();
    linked_ = found->linked;
    if (linked_) {
        std::erase(found->versions, *linked_);
        found->versions.insert(found->versions.begin(), *linked_);
    }
    co_return std::move(found->versions);
}

Task<Result<std::filesystem::path>> InstalledModels::prepare_download()
{
    auto job = [this]() -> Result<std::filesystem::path> { return folder_.empty_staging_folder() / "model.zip"; };
    co_return co_await on_disk(std::move(job));
}

Task<Result<ModelInformation>> InstalledModels::install(std::filesystem::path zip, std::string version)
{
    auto job = [this, zip = std::move(zip), version = std::move(version)] {
        auto installed = folder_.install(zip, version);
        folder_.empty_staging_folder();
        return installed;
    };
    co_return co_await on_disk(std::move(job));
}

Task<Result<void>> InstalledModels::make_current(std::string version)
{
    auto link = [this, version]() -> Result<void> {
        folder_.make_current(version);
        return {};
    };
    auto job = [link = std::move(link)] { return unless_disk_is_full(link); };
    auto const linked = co_await on_disk(std::move(job));
    if (linked) linked_ = std::move(version);
    co_return linked;
}

Task<> InstalledModels::remove(std::string version)
{
    auto job = [this, version = std::move(version)]() -> Result<void> {
        folder_.remove(version);
        return {};
    };
    auto const removed = co_await on_disk(std::move(job));
    if (!removed) log::warn("a model that cannot be used stays on the disk: {}", removed.error().message);
}

Task<> InstalledModels::tidy()
{
    auto job = [this]() -> Result<std::vector<std::string>> {
        folder_.delete_old_models();
        return folder_.versions();
    };
    auto const left = co_await on_disk(std::move(job));
    if (left) versions_ = *left;
    else log::warn("old models stay on the disk: {}", left.error().message);
}

Task<Result<void>> InstalledModels::clear()
{
    auto job = [this]() -> Result<void> {
        folder_.clear();
        return {};
    };
    auto const cleared = co_await on_disk(std::move(job));
    linked_.reset();
    co_await tidy();
    co_return cleared;
}

} // namespace learning_loop
