#include "learning_loop/infer/onnx/onnx_runtime.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <dlfcn.h>
#include <onnxruntime_cxx_api.h>

#include <cstdlib>
#include <mutex>

namespace learning_loop {
namespace {

std::mutex once;
std::string description; ///< Guarded by `once`.

void to_our_log(void*, OrtLoggingLevel level, char const*, char const*, char const*, char const* message)
{
    if (level >= ORT_LOGGING_LEVEL_ERROR) log::error("ONNX Runtime: {}", printable(message));
    else log::warn("ONNX Runtime: {}", printable(message));
}

Error no_library(std::string const& why)
{
    return {Errc::unavailable,
            "ONNX Runtime cannot be loaded: " + why + ". tools/fetch_onnxruntime brings one, or name your own"};
}

std::filesystem::path default_library()
{
    std::error_code failure;
    auto const program = std::filesystem::read_symlink("/proc/self/exe", failure);
    auto const installed = program.parent_path().parent_path() / LL_ONNXRUNTIME_INSTALLED;
    return std::filesystem::exists(installed, failure) ? installed : LL_ONNXRUNTIME_LIBRARY;
}

Result<Ort::Env*> load(std::filesystem::path const& library)
{
    ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) return no_library(::dlerror());
    using GetApiBase = OrtApiBase const* (*)();
    auto const base = reinterpret_cast<GetApiBase>(::dlsym(handle, "OrtGetApiBase"));
    if (!base) return no_library(library.string() + " is another library");
    auto const* const api = base()->GetApi(ORT_API_VERSION);
    if (!api) {
        return no_library(library.string() + " is version " + base()->GetVersionString() + ", 1." +
                          std::to_string(ORT_API_VERSION) + " or newer is needed");
    }
    Ort::InitApi(api);
    try {
        // Never destroyed: sessions on other threads may outlive the statics of this file.
        auto* const environment = new Ort::Env(ORT_LOGGING_LEVEL_ERROR, "learning-loop", to_our_log, nullptr);
        environment->DisableTelemetryEvents();
        description = std::string(base()->GetVersionString()) + " from " + library.string();
        return environment;
    } catch (Ort::Exception const& failure) {
        return no_library(failure.what());
    }
}

} // namespace

Result<Ort::Env*> load_onnx_runtime(std::filesystem::path const& library)
{
    static Ort::Env* environment = nullptr;
    std::scoped_lock const lock(once);
    if (environment) return environment;
    auto loaded = load(library.empty() ? default_library() : library);
    if (loaded) environment = *loaded;
    return loaded;
}

std::string loaded_onnx_runtime()
{
    std::scoped_lock const lock(once);
    return description;
}

} // namespace learning_loop
