#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/commands/loop_command.h"
#include "learning_loop/server/commands/run_command.h"
#include "learning_loop/server/settings.h"
#include "learning_loop/store/check_folder.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include <sys/stat.h>
#include <unistd.h>

#include <iostream>

namespace learning_loop {
namespace {

struct CheckSettings {
    std::filesystem::path data_folder;
    bool mend = false;
};
BOOST_DESCRIBE_STRUCT(CheckSettings, (), (data_folder, mend))

void tell_progress(std::int64_t images)
{
    if (::isatty(STDERR_FILENO) == 1) std::cerr << "\r" << images << " images checked" << std::flush;
}

int tell(store::FolderReport const& report, bool mends)
{
    for (auto const& finding : report.findings) std::cout << finding << "\n";
    std::cout << report.images << " images, " << report.model_files << " files of models, " << report.datasets
              << " datasets: " << report.found << " findings\n";
    if (report.found == 0) return 0;
    constexpr auto most = store::FolderReport::max_findings;
    if (report.findings.size() == most) std::cout << "no more than " << most << " of the files are shown\n";
    if (mends) std::cout << report.set_aside << " files set aside in " << report.set_aside_folder.string() << "\n";
    else std::cout << "--mend sets aside what is cut, changed or orphaned; nothing is deleted\n";
    return 1;
}

int check(std::string const& name, CheckSettings const& settings)
{
    auto const folder = std::filesystem::absolute(settings.data_folder);
    if (auto const there = require_loop(folder); !there) return refuse_command(name, there.error());
    // A check alone reads, and makes no file but the lock; root may read what the owner of the database may not.
    bool const has_lock = std::filesystem::exists(folder / ".lock");
    if (settings.mend || !has_lock) act_as_owner(database_in(folder));
    auto const lock = FolderLock::take(folder);
    if (!lock) return refuse_command(name, lock.error());
    auto const database = store::sqlite::open_as_it_is(database_in(folder));
    auto const faults = store::sqlite::faults_of(*database);
    for (auto const& fault : faults) std::cout << "the database: " << fault << "\n";
    if (!faults.empty() && settings.mend) {
        return refuse_command(name,
                              {Errc::conflict, "the database is damaged, so nothing is set aside, since sound files "
                                               "may look orphaned: put a copy of it in its place first"});
    }
    auto report = store::check_folder(*database, folder, settings.mend, tell_progress);
    report.found += faults.size();
    return tell(report, settings.mend);
}

} // namespace

int run_check(int argc, char const* const* argv)
{
    start_log(log::Level::warn);
    ::umask(0077);
    auto const description = describe_command(
        "learning-loop check",
        "Compares a Loop's database with its files: finds what is lost, cut, changed or orphaned. The server must not "
        "run.",
        {{.field = "mend", .meaning = "set aside what is cut, changed or orphaned", .flag_only = true}});
    Invocation const start{argc, argv};
    CheckSettings defaults;
    defaults.data_folder = default_server_folder(start.environment);
    auto const run = [&](CheckSettings const& settings) { return check(description.name, settings); };
    return run_command(start, description, "--data-folder", defaults, no_check, run);
}

} // namespace learning_loop
