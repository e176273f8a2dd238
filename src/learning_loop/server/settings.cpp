#include "learning_loop/server/settings.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description()
{
    auto rows = http_settings();
    rows.push_back({.field = "data_folder",
                    .meaning = "where everything is kept; one process per folder",
                    .default_text = "`$XDG_STATE_HOME/learning-loop/server`"});
    return {server_program, "The Learning Loop: keeps images, their boxes and models, and hands them out to nodes.",
            std::move(rows)};
}

ServerSettings defaults()
{
    ServerSettings settings;
    settings.port = 8000;
    return settings;
}

Result<void> check(ServerSettings& settings, SettingsReader const& reader)
{
    if (auto const checked = check_http_settings(settings, reader); !checked) return checked;
    if (settings.data_folder.empty())
        return reader.wrong("data_folder", "is required: name a folder, or set XDG_STATE_HOME or HOME");
    if (!http::is_loopback(settings.host)) {
        return reader.wrong("host", "'" + printable(settings.host) +
                                        "' can be reached from other machines, and there are no accounts yet: bind "
                                        "127.0.0.1");
    }
    return {};
}

} // namespace

Result<std::optional<ServerSettings>> read_server_settings(Invocation const& start)
{
    auto settings = defaults();
    settings.data_folder = state_folder("server", start.environment);
    return read_settings(description(), settings, start, check);
}

std::string server_settings_section()
{
    return settings_section(description(), defaults());
}

} // namespace learning_loop
