#pragma once

#include "learning_loop/base/error.h"

// The library is loaded when the first model needs it, so that a program starts without it and any 1.x of it will do.
#define ORT_API_MANUAL_INIT
#include <onnxruntime_cxx_api.h>

#include <filesystem>

namespace learning_loop {

/// Loads ONNX Runtime once in a process and gives its environment, which lives until the process ends; thread safe.
/// `library` is the file to load, empty: the one this program was built with; it counts until a first load has
/// succeeded. unavailable: it cannot be loaded, or is older than 1.21. Telemetry is switched off for every build of the
/// library that has any. The first call sets an environment variable: a program that reads its environment on other
/// threads makes it before it starts them.
Result<Ort::Env*> load_onnx_runtime(std::filesystem::path const& library = {});

} // namespace learning_loop
