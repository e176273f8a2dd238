#include "learning_loop/trainer/process/process_end.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace learning_loop {
namespace {

constexpr int shell_signal_base = 128; ///< A shell tells of a signal in this way: 137 is SIGKILL.

/// What a log says when something of the machine is missing, and what that means.
struct Symptom {
    std::span<std::string_view const> phrases;
    std::string_view meaning;
};

constexpr std::array<std::string_view, 10> graphics_memory_phrases{
    "CUDA out of memory",         "OutOfMemoryError",          "CUDA error: out of memory",
    "CUDA_ERROR_OUT_OF_MEMORY",   "cudaErrorMemoryAllocation", "CUBLAS_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_ALLOC_FAILED",  "HIP out of memory",         "RESOURCE_EXHAUSTED: Out of memory",
    "OOM when allocating tensor",
};
constexpr std::array<std::string_view, 9> no_card_phrases{
    "no CUDA-capable device",
    "Found no NVIDIA driver",
    "CUDA driver version is insufficient",
    "No CUDA GPUs are available",
    "Torch not compiled with CUDA enabled",
    "CUDA_ERROR_NO_DEVICE",
    "torch.cuda.is_available() is False",
    "torch.cuda.is_available(): False",
    "could not select device driver",
};
constexpr std::array<std::string_view, 2> disk_phrases{"No space left on device", "Disk quota exceeded"};
constexpr std::array<std::string_view, 2> shared_memory_phrases{"insufficient shared memory", "out of shared memory"};
constexpr std::array<std::string_view, 3> memory_phrases{"MemoryError", "Cannot allocate memory", "std::bad_alloc"};

/// The first one counts: `OutOfMemoryError` ends like `MemoryError`.
constexpr std::array<Symptom, 5> symptoms{{
    {graphics_memory_phrases, "the graphics memory ran out: choose a smaller max_batch_size, or a higher VRAM_LIMIT_GB "
                              "if that limits it, or end what else uses the card"},
    {no_card_phrases, "there is no graphics card that the program can use: see whether nvidia-smi finds one here, and "
                      "whether the container was given it (--gpus all)"},
    {disk_phrases, "the disk is full: make room on it"},
    {shared_memory_phrases, "the shared memory ran out: give the container more of it (--shm-size), or let the program "
                            "load with fewer workers"},
    {memory_phrases, "the memory ran out: choose a smaller max_batch_size or fewer workers, or give the node more "
                     "memory"},
}};

/// A warning is none: PyTorch says so of a missing card, and trains on the processor.
bool is_warning(std::string_view line)
{
    return line.find("Warning") != std::string_view::npos || line.find("WARNING") != std::string_view::npos;
}

Symptom const* symptom_in(std::string_view line)
{
    if (is_warning(line)) return nullptr;
    auto const found = std::ranges::find_if(symptoms, [&](Symptom const& symptom) {
        return std::ranges::any_of(symptom.phrases,
                                   [&](auto phrase) { return line.find(phrase) != std::string_view::npos; });
    });
    return found == symptoms.end() ? nullptr : &*found;
}

std::string quoted(std::string_view line)
{
    return ": \"" + printable(line) + "\"";
}

/// What stands there last; blanks at its ends and what a progress bar has written over are left out.
std::string_view last_text(std::vector<std::string_view> const& lines)
{
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        auto const end = line->find_last_not_of("\r \t");
        if (end == std::string_view::npos) continue;
        auto const text = line->substr(0, end + 1);
        return trimmed(text.substr(text.rfind('\r') + 1));
    }
    return {};
}

std::string name_of_signal(int signal)
{
    auto const* const name = ::sigabbrev_np(signal);
    auto const* const words = ::sigdescr_np(signal);
    if (!name || !words) return "signal " + std::to_string(signal);
    return "SIG" + std::string(name) + " (" + words + ")";
}

/// Of a program that a shell may have started.
std::optional<int> signal_of(ProcessEnd const& end)
{
    if (end.signal) return end.signal;
    auto const told = end.exit_status.value_or(0) - shell_signal_base;
    return told > 0 && ::sigabbrev_np(told) ? std::optional(told) : std::nullopt;
}

std::string how_it_ended(ProcessEnd const& end)
{
    constexpr int not_executable = 126, not_found = 127;
    auto const signal = signal_of(end);
    if (signal == SIGKILL)
        return "the program was killed, perhaps since memory ran out (the system's OOM killer; `dmesg` tells): choose "
               "a smaller max_batch_size or fewer workers, or give the node more memory";
    if (signal) return "the program was ended by " + name_of_signal(*signal);
    auto const ended = "the program ended with exit status " + std::to_string(end.exit_status.value_or(0));
    if (end.exit_status == not_found) return ended + ", by which a shell says that a command was not found";
    if (end.exit_status == not_executable) return ended + ", by which a shell says that a file is not executable";
    return ended;
}

} // namespace

std::string explain_end(ProcessEnd const& end, std::string_view last_lines)
{
    auto const lines = parts_of(last_lines, '\n');
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
        if (auto const* const symptom = symptom_in(*line))
            return std::string(symptom->meaning) + quoted(last_text({*line}));
    }
    auto const last = last_text(lines);
    return how_it_ended(end) + (last.empty() ? "; its log is empty" : quoted(last));
}

} // namespace learning_loop
