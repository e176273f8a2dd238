#include "learning_loop/store/file_removals.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/tables.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace learning_loop::store {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t rows_at_once = 100;
constexpr int files_at_once = 1000; // of a folder; in between, the program may end

/// Whether it is a path below the folder that it is relative to, and not that folder.
bool stays_below(fs::path const& path)
{
    if (path.empty() || path.is_absolute()) return false;
    auto const is_plain = [](fs::path const& part) { return !part.empty() && part != "." && part != ".."; };
    return std::all_of(path.begin(), path.end(), is_plain);
}

/// Removes at most `left` files, which it counts down. Returns whether nothing is left. A link is removed, and not what
/// it leads to. Throws fs::filesystem_error.
bool remove_some(fs::path const& path, int& left)
{
    if (fs::is_directory(fs::symlink_status(path))) {
        for (auto const& entry : fs::directory_iterator(path)) {
            if (left == 0 || !remove_some(entry.path(), left)) return false;
        }
    }
    --left;
    fs::remove(path);
    return true;
}

/// Returns whether the file or folder is gone. Errors: unavailable if it cannot be removed.
Result<bool> remove_part(fs::path const& path)
{
    auto left = files_at_once;
    try {
        return !fs::exists(fs::symlink_status(path)) || remove_some(path, left);
    } catch (std::system_error const& failure) {
        if (failure.code() == std::errc::directory_not_empty) return false; // something came in meanwhile
        return Error{Errc::unavailable, failure.code().message()};
    }
}

/// Makes it durable that something in these folders is gone. Returns those of which it is not, and why.
std::map<fs::path, std::string> sync_folders(std::set<fs::path> const& folders)
{
    std::map<fs::path, std::string> failures;
    for (auto const& folder : folders) {
        try {
            if (fs::exists(folder)) sync_folder(folder);
        } catch (std::system_error const& failure) {
            failures.emplace(folder, failure.code().message());
        }
    }
    return failures;
}

} // namespace

void remove_file_later(Database& database, std::string path)
{
    FileRemovalRow row;
    row.path = std::move(path);
    insert_if_new(database, std::move(row));
}

Task<> FileRemovals::run()
{
    for (;;) {
        try {
            auto const removed = co_await remove_all();
            if (!removed) log::warn("files without rows are still there: {}", removed.error().message);
        } catch (DatabaseError const& failure) { // the next time
            log::error("files without rows are still there: {}", failure.what());
        }
        co_await pause_.sleep(std::chrono::hours(24));
    }
}

Task<Result<void>> FileRemovals::remove_all()
{
    std::string last;
    for (;;) {
        auto next = [last](Database& database) -> Result<std::vector<FileRemovalRow>> {
            return find_rows<FileRemovalRow>(database, "WHERE path > $1 ORDER BY path LIMIT $2", {last, rows_at_once});
        };
        auto const rows = co_await lanes_.read(std::move(next));
        if (!rows) co_return rows.error();
        if (rows->empty()) co_return Result<void>();
        last = rows->back().path;
        std::vector<std::string> gone;
        for (auto const& row : *rows) {
            if (failed_.contains(row.path)) continue;
            auto const removed = co_await remove(row.path);
            if (!removed) co_return removed.error();
            if (*removed) gone.push_back(row.path);
        }
        auto const durably_gone = co_await sync(std::move(gone));
        if (!durably_gone) co_return durably_gone.error();
        auto const forgotten = co_await forget(*durably_gone);
        if (!forgotten) co_return forgotten.error();
    }
}

/// Returns false, and tells it, if it cannot be removed.
Task<Result<bool>> FileRemovals::remove(std::string path)
{
    auto const refused = stays_below(path) ? std::string() : "it is not below the data folder";
    Result<bool> gone = false;
    while (refused.empty() && gone && !*gone) {
        auto job = [file = data_folder_ / path] { return remove_part(file); };
        gone = co_await removing_.run(std::move(job));
    }
    if (gone && *gone) co_return true;
    give_up(path, gone ? refused : gone.error().message);
    co_return false;
}

/// Waits until it is durable that they are gone: once for each folder, since neighbours go together. Returns those of
/// which it is.
Task<Result<std::vector<std::string>>> FileRemovals::sync(std::vector<std::string> gone)
{
    std::set<fs::path> folders;
    for (auto const& path : gone) folders.insert((data_folder_ / path).parent_path());
    auto job = [folders = std::move(folders)]() -> Result<std::map<fs::path, std::string>> {
        return sync_folders(folders);
    };
    auto const failures = co_await removing_.run(std::move(job));
    if (!failures) co_return failures.error();
    std::erase_if(gone, [&](std::string const& path) {
        auto const failure = failures->find((data_folder_ / path).parent_path());
        if (failure != failures->end()) give_up(path, failure->second);
        return failure != failures->end();
    });
    co_return gone;
}

void FileRemovals::give_up(std::string const& path, std::string const& why)
{
    log::warn("{} cannot be removed: {}", log::value(printable(path)), why);
    failed_.insert(path);
}

Task<Result<void>> FileRemovals::forget(std::vector<std::string> paths)
{
    if (paths.empty()) co_return Result<void>();
    auto job = [paths = std::move(paths)](Database& database) -> Result<void> {
        for (auto const& path : paths) database.execute("DELETE FROM file_removals WHERE path = $1", {path});
        return {};
    };
    co_return co_await lanes_.write(std::move(job));
}

} // namespace learning_loop::store
