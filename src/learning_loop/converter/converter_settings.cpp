#include "learning_loop/converter/converter_settings.h"

#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

namespace learning_loop {
namespace {

ProgramDescription description(std::string program)
{
    auto rows = node_settings();
    for (auto& row : rows) {
        if (row.field == "name") row.default_text = "the program's name";
        if (row.field == "node_version")
            row.meaning =
                "of the converter's code, told on its page; with a new one models that failed are tried again";
        if (row.field == "username") row.meaning = "login at the Loop; a converter needs one, or LOOP_TOKEN";
    }
    return {std::move(program), "A converter node: brings models into another format.", std::move(rows)};
}

NodeSettings defaults(std::string const& name)
{
    NodeSettings settings;
    settings.port = 8002;
    settings.name = name;
    return settings;
}

Result<void> check(NodeSettings const& settings, SettingsReader const& reader)
{
    return check_node_settings(settings, reader);
}

} // namespace

Result<std::optional<NodeSettings>> read_converter_settings(std::string const& name, Invocation const& start)
{
    auto settings = defaults(name);
    settings.data_folder = default_data_folder(name, start.environment);
    return read_settings(description(name), settings, start, check);
}

std::string converter_settings_section()
{
    return settings_section(description("Converters of your own"), defaults("converter"));
}

} // namespace learning_loop
