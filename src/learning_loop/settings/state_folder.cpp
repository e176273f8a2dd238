#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace fs = std::filesystem;

fs::path state_folder(std::string const& program, Environment const& environment)
{
    auto state = environment("XDG_STATE_HOME");
    auto const home = environment("HOME");
    if (state.empty() && !home.empty()) state = home + "/.local/state";
    return state.empty() ? fs::path() : fs::path(state) / "learning-loop" / program;
}

fs::path default_data_folder(std::string const& program, Environment const& environment)
{
    return default_data_folder(program, environment, fs::path("/var/lib/learning-loop") / program);
}

fs::path default_data_folder(std::string const& program, Environment const& environment, fs::path const& of_service)
{
    std::error_code none;
    bool const is_container = fs::exists("/.dockerenv", none) || fs::exists("/run/.containerenv", none);
    if (is_container && fs::is_directory("/data", none)) return "/data"; // else it is a shell in one
    if (!environment("INVOCATION_ID").empty()) return of_service;        // systemd runs us
    return state_folder(program, environment);
}

} // namespace learning_loop
