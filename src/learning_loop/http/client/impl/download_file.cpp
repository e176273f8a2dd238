#include "learning_loop/http/client/impl/download_file.h"

#include "learning_loop/base/files.h"

#include <system_error>
#include <utility>

namespace learning_loop::http {
namespace {

/// Calls `use`, which uses the file, and turns each failure of the disk into an error that names the file.
template <class Use>
auto try_with(std::filesystem::path const& file, Use use) -> decltype(use())
{
    try {
        auto done = use();
        if (done || done.error().code != Errc::out_of_space) return done;
        return Error{Errc::out_of_space, file.string() + ": the disk is full: free some space"};
    } catch (std::system_error const& failure) {
        return Error{Errc::unavailable, file.string() + ": " + failure.code().message()};
    }
}

} // namespace

Result<std::shared_ptr<DownloadFile>> DownloadFile::create(std::filesystem::path const& target)
{
    auto part = target;
    part += ".part";
    auto file = try_with(part, [&] { return NewFile::create(part, NewFile::Existing::replace); });
    if (!file) return file.error();
    // shared: by the call and by its transfer, and a call that is cancelled may end first
    return std::shared_ptr<DownloadFile>(new DownloadFile(target, std::move(*file)));
}

Result<void> DownloadFile::append(std::string_view bytes)
{
    return try_with(part_->path(), [&] { return part_->append(bytes); });
}

Result<void> DownloadFile::restart()
{
    auto const empty = [&]() -> Result<void> {
        if (part_->size_bytes() > 0) part_->truncate();
        return {};
    };
    total = 0;
    etag.clear();
    return try_with(part_->path(), empty);
}

Result<void> DownloadFile::keep()
{
    auto synced = try_with(part_->path(), [&] { return part_->sync(); });
    if (!synced) return synced;
    auto const rename = [&]() -> Result<void> {
        rename_durably(part_->path(), target_);
        part_->keep();
        return {};
    };
    auto renamed = try_with(target_, [&] { return unless_disk_is_full(rename); });
    part_.reset();
    return renamed;
}

} // namespace learning_loop::http
