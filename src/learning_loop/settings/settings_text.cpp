#include "learning_loop/settings/settings_text.h"

namespace learning_loop {
namespace {

/// Fit for a cell of a table.
std::string cell(std::string text)
{
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
    return text;
}

std::string default_of(SettingField const& field)
{
    if (!field.setting.default_text.empty()) return field.setting.default_text;
    if (!field.initial_value.empty()) return "`" + field.initial_value + "`";
    return field.setting.required ? "required" : "–";
}

} // namespace

std::string settings_section(ProgramDescription const& program, std::vector<SettingField> const& fields)
{
    std::string text = "## " + program.name + "\n\n" + program.purpose +
                       "\n\n| flag | variable | meaning | expected | default |\n|---|---|---|---|---|\n";
    for (auto const& field : fields) {
        auto const& setting = field.setting;
        text += "| " + (setting.secret ? "– (`" + setting.field + "`)" : "`" + setting.flag() + "`") + " | " +
                setting.variable + (setting.alias.empty() ? "" : " (" + setting.alias + ")") + " | " +
                cell(setting.meaning) + " | " + cell(field.expected) + " | " + cell(default_of(field)) + " |\n";
    }
    return text;
}

std::string settings_introduction()
{
    return R"(# Settings

`learning-loop settings` prints this page from the descriptions that the programs read by; `<program> --help` tells
the same.

A setting is a flag, else a variable of the environment, else a line of the settings file, else its default; the
first that is there counts. An empty variable counts as unset. A name in brackets is another variable for the same:
when both are set and differ, the first one counts, with a warning. USERNAME and PASSWORD count only together, and
only without LOOP_USERNAME and LOOP_PASSWORD. What is wrong names itself and the remedy on stderr, and the program
exits with 2.

- **Secrets** have no flag, since every user of the machine could read it, and are never printed.
- **Truth** is `true`, `1` or `on`, `false`, `0` or `off`, in any case; a flag alone means `true`.
- **Text** is UTF-8 without control characters.
- **Bytes** may be written with KiB, MiB, GiB or TiB: `512MiB`.

**The settings file** is named by `--settings-file` or SETTINGS_FILE. It is one JSON object; `//` comments are fine.
Its keys are the flags, with `_` for `-`; an unknown key is an error, and `null` leaves the default:

```json
{
    "organization": "zauberzeug", // ids are lower case
    "port": 8004
}
```
)";
}

} // namespace learning_loop
