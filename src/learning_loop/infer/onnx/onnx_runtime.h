#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string>

namespace Ort { // not its header: code that includes ours compiles without ONNX Runtime
struct Env;
}

namespace learning_loop {

/// Loads ONNX Runtime once in a process and returns its environment, which lives until the process ends. Thread safe.
/// `library` is the file to load; empty: the one installed with this program, else the one it was built with. After a
/// load that succeeded it is ignored. Telemetry is switched off for every build of the library that has any. The first
/// call sets an environment variable: a program that reads its environment on other threads must make it before it
/// starts them. Errors: unavailable if the library cannot be loaded, or is older than 1.21.
Result<Ort::Env*> load_onnx_runtime(std::filesystem::path const& library = {});

/// Which one was loaded, as `1.27.0 from /usr/lib/libonnxruntime.so`; empty if none was yet. Thread safe.
std::string loaded_onnx_runtime();

} // namespace learning_loop
