#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string>

namespace Ort { // not its header: who uses ours needs no ONNX Runtime to compile
struct Env;
}

namespace learning_loop {

/// Loads ONNX Runtime once in a process and gives its environment, which lives until the process ends; thread safe.
/// `library` is the file to load; empty: the one installed with this program, else the one it was built with. It counts
/// until a first load has succeeded. unavailable: it cannot be loaded, or is older than 1.21. Telemetry is switched off
/// for every build of the library that has any. The first call sets an environment variable: a program that reads its
/// environment on other threads makes it before it starts them.
Result<Ort::Env*> load_onnx_runtime(std::filesystem::path const& library = {});

/// Which one was loaded, as `1.27.0 from /usr/lib/libonnxruntime.so`; empty before.
std::string loaded_onnx_runtime();

} // namespace learning_loop
