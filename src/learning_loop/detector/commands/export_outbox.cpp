#include "learning_loop/base/files.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/commands/outbox_command.h"
#include "learning_loop/detector/outbox/outbox_export.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t images_per_line = 1000; // of progress, where there is no terminal

struct ExportSettings {
    fs::path data_folder;
    bool rejected = false;
};
BOOST_DESCRIBE_STRUCT(ExportSettings, (), (data_folder, rejected))

using Words = std::vector<std::string>;

bool is_inside(fs::path const& path, fs::path const& folder)
{
    auto const real_path = fs::weakly_canonical(fs::absolute(path));
    auto const real_folder = fs::weakly_canonical(fs::absolute(folder));
    auto const [in_folder, in_path] = std::ranges::mismatch(real_folder, real_path);
    return in_folder == real_folder.end();
}

Error cannot_write(fs::path const& folder, std::string const& why)
{
    return {Errc::unavailable, folder.string() + " cannot be written (" + why +
                                   "): take another folder or disk, or give this user the right to it"};
}

/// Makes the folder, but not what is above it: that would be the place of a disk that is not mounted. Holds its lock,
/// so that no detector works there meanwhile.
Result<FolderLock> prepare(fs::path const& folder, fs::path const& data_folder)
{
    for (auto const& path : {folder, folder / "outbox"}) {
        if (!is_inside(path, data_folder)) continue;
        return Error{Errc::invalid_argument,
                     path.string() + " is in the data folder of the detector: take a folder elsewhere"};
    }
    std::error_code failure;
    fs::create_directory(folder, failure);
    if (failure) return cannot_write(folder, failure.message());
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return cannot_write(folder, std::system_category().message(errno));
    auto lock = FolderLock::take(folder);
    if (lock) return lock;
    if (lock.error().code != Errc::conflict) return cannot_write(folder, "there can be no file .lock");
    return Error{Errc::conflict, folder.string() + " is in use by a detector, or by an export that still runs: end it, "
                                                   "or take another folder"};
}

void tell_exported(ExportSums const& sums)
{
    auto const text = images_text(sums.copied) + " exported";
    if (::isatty(STDERR_FILENO) == 1) std::cerr << text << "\r" << std::flush; // what comes next stands over it
    else if (sums.copied % images_per_line < OutboxExport::images_per_sync) std::cerr << text << "\n";
}

/// The status to exit with.
int tell(ExportSums const& sums, fs::path const& folder, fs::path const& data_folder)
{
    for (auto const& name : sums.others) std::cerr << "left: " << printable(name) << " is no image that can be read\n";
    for (auto const& other : sums.differing) {
        std::cerr << "left: " << printable(other.string())
                  << " is there with another content: remove it there to have it exported\n";
    }
    std::cout << images_text(sums.copied) << " exported to " << folder.string() << ", " << sums.bytes << " bytes; "
              << sums.there << " were there already\n"
              << "The detector keeps them, too, until they are uploaded. To delete what it keeps: learning-loop outbox "
                 "drop --all --data-folder "
              << data_folder.string() << "\n";
    return sums.differing.empty() ? 0 : 1;
}

int export_to(std::string const& command, ExportSettings const& settings, fs::path const& folder)
{
    auto const outbox = find_outbox(settings.data_folder);
    if (!outbox) return refuse_command(command, outbox.error());
    auto const lock = prepare(folder, settings.data_folder);
    if (!lock) return refuse_command(command, lock.error());
    std::span<OutboxQueue const> queues = waiting_queues;
    if (settings.rejected) queues = all_queues;
    OutboxReader const reader(*outbox);
    OutboxExport copies(reader, fs::absolute(folder) / "outbox");
    try {
        auto const has_room = copies.check_room(queues);
        auto const sums = has_room ? copies.copy(queues, tell_exported) : Result<ExportSums>(has_room.error());
        if (!sums) return refuse_command(command, sums.error());
        return tell(*sums, folder, settings.data_folder);
    } catch (std::system_error const& failure) { // a disk that was unplugged
        return refuse_command(command, cannot_write(folder, failure.what()));
    }
}

} // namespace

int export_outbox(Invocation const& start)
{
    auto const description = describe_outbox_command(
        "export",
        "learning-loop outbox export DIR: copies the images that wait to DIR/outbox, as on a disk that is carried to a "
        "machine with network. There `learning-loop detector --data-folder DIR` uploads them.",
        {{.field = "rejected", .meaning = "also those that the Loop refused", .flag_only = true}});
    ExportSettings defaults;
    defaults.data_folder = default_detector_folder(start.environment);
    auto const check = [](ExportSettings const&, Words const& words) -> Result<void> {
        if (words.size() == 1) return {};
        return Error{Errc::invalid_argument, "where to? Give one folder: learning-loop outbox export DIR"};
    };
    auto const run = [&](ExportSettings const& settings, Words const& words) {
        return export_to(description.name, settings, words.front());
    };
    return run_command_with_words(start, description, defaults, check, run);
}

} // namespace learning_loop
