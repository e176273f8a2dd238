#include "learning_loop/trainer/process/impl/children.h"

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct Process {
    pid_t id = 0;
    pid_t parent = 0;
    pid_t group = 0;
    bool is_alive = false; ///< It does not just wait to be reaped.
};

pid_t number_at(std::string_view text)
{
    pid_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// That of a folder of /proc; nullopt if there is none, or no longer.
std::optional<Process> process_of(fs::path const& folder)
{
    Process process{number_at(folder.filename().native())};
    Descriptor const file(process.id > 0 ? ::open((folder / "stat").c_str(), O_RDONLY | O_CLOEXEC) : -1);
    std::array<char, 512> bytes{};
    auto const got = file.is_open() ? ::read(file.get(), bytes.data(), bytes.size()) : -1;
    if (got <= 0) return {};
    std::string_view const text(bytes.data(), static_cast<std::size_t>(got));
    auto const name_end = text.rfind(") "); // the name may hold anything; then come state, parent and group
    if (name_end == std::string_view::npos) return {};
    auto const fields = parts_of(text.substr(name_end + 2), ' ');
    if (fields.size() < 3) return {};
    process.is_alive = fields[0] != "Z" && fields[0] != "X";
    process.parent = number_at(fields[1]);
    process.group = number_at(fields[2]);
    return process;
}

std::vector<Process> processes()
{
    std::vector<Process> found;
    std::error_code failure;
    for (fs::directory_iterator entry("/proc", failure), end; entry != end; entry.increment(failure)) {
        if (auto const process = process_of(entry->path())) found.push_back(*process);
    }
    return found;
}

void send_signal(pid_t to, int signal)
{
    ::kill(to, signal);
    if (signal == SIGTERM) ::kill(to, SIGCONT); // one that was stopped hears of it only then
}

} // namespace

void signal_children(int signal, pid_t but_group)
{
    auto const self = ::getpid(), own_group = ::getpgrp();
    for (auto const& process : processes()) {
        if (process.parent != self || process.group == but_group) continue;
        send_signal(process.group > 0 && process.group != own_group ? -process.group : process.id, signal);
    }
}

bool is_group_alive(pid_t group)
{
    return std::ranges::any_of(processes(), [&](auto const& each) { return each.group == group && each.is_alive; });
}

} // namespace learning_loop
