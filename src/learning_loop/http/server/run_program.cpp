#include "learning_loop/http/server/run_program.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/temporary_file.h"
#include "learning_loop/http/server/runner.h"

#include <csignal>
#include <iostream>
#include <optional>

namespace learning_loop {
namespace {

constexpr int cannot_start = 2;

int refuse(Program const& program, Error const& error)
{
    std::cerr << program.name << ": " << error.message << "\n";
    return cannot_start;
}

/// Only with the lock of the data folder: another process may be receiving uploads into it.
void prepare_upload_folder(std::filesystem::path const& folder)
{
    std::filesystem::create_directories(folder);
    remove_temporary_files(folder);
}

int run(Program const& program)
{
    std::optional<FolderLock> lock;
    if (!program.data_folder.empty()) {
        auto taken = FolderLock::take(program.data_folder);
        if (!taken) return refuse(program, taken.error());
        lock.emplace(std::move(*taken));
        prepare_upload_folder(program.options.upload_folder);
    }
    // Built in the order of dependency; destroyed in the reverse order when we return.
    Runner runner(program.options);
    if (auto const listening = runner.listen(); !listening) return refuse(program, listening.error());
    auto const parts = program.build(runner);
    if (!parts) return refuse(program, parts.error());
    ShutdownSignal shutdown(runner.executor());
    shutdown.grace = program.grace;
    if (program.ready) log::info("{}", program.ready(runner));
    return runner.run(**parts, shutdown);
}

} // namespace

int run_program(Program const& program)
{
    // A limit of the service manager on the length of files is an error of the write then, as a full disk is.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        return run(program);
    } catch (std::exception const& failure) {
        log::critical("{}", failure.what());
        return 1;
    }
}

} // namespace learning_loop
