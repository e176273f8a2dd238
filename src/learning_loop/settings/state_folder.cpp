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
    if (fs::exists("/.dockerenv") || fs::exists("/run/.containerenv")) return "/data";
    if (!environment("INVOCATION_ID").empty()) return "/var/lib/learning-loop/" + program; // systemd runs us
    return state_folder(program, environment);
}

} // namespace learning_loop
