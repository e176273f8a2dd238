#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/server/parts.h"
#include "learning_loop/http/server/server_options.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace learning_loop {

class Runner;

/// A program, as `run_program` starts and ends it.
struct Program {
    std::string name; ///< Begins what is told on stderr.
    http::ServerOptions options;
    std::filesystem::path data_folder;     ///< Absolute; locked while the program runs. Empty: it keeps nothing.
                                           ///< With one, the options' upload folder is made and emptied of old uploads.
    std::chrono::milliseconds grace{1000}; ///< For requests in flight at the end.

    /// Builds the parts, after the folder was locked and the port was bound. An error is told on stderr.
    std::function<Result<std::unique_ptr<Parts>>(Runner& runner)> build;

    std::function<std::string(Runner const& runner)> ready; ///< Makes the log's line that it serves. Empty: no line.
};

/// Runs a program until SIGINT or SIGTERM. To be called in `main`, when the settings are read and the log is started.
/// Returns the exit status: 0 after a signal; 2 if it cannot start, with the reason on stderr; 1 after a failure that
/// the log tells. Ends the process with 3 if the parts cannot finish or the end throws.
int run_program(Program const& program);

} // namespace learning_loop
