#include "learning_loop/settings/settings_flags.h"

#include "learning_loop/base/text.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace learning_loop {
namespace {

std::string variables_of(Setting const& setting)
{
    return setting.alias.empty() ? setting.variable : setting.variable + ", " + setting.alias;
}

std::string help_of(SettingField const& field)
{
    auto const& setting = field.setting;
    auto const value = field.initial_value.empty() ? setting.default_text : field.initial_value;
    auto text = setting.meaning;
    if (field.expected != "plain text") text += "; " + field.expected;
    if (setting.required && value.empty()) return text + " [required]";
    return setting.secret || value.empty() ? text : text + " [" + value + "]";
}

/// The flags alone: their values are read as those of the other sources are, and CLI11 would let "nan" and "-1" pass.
void add_flags(CLI::App& app, ProgramDescription const& program, std::vector<SettingField> const& fields, Flags& flags)
{
    app.name(program.name);
    app.description(program.purpose);
    app.allow_extras(); // named by us, since CLI11 would repeat the value of a mistyped --password
    app.get_formatter()->column_width(36);
    std::string secrets;
    for (auto const& field : fields) {
        auto const& setting = field.setting;
        if (setting.secret) {
            secrets += "  " + variables_of(setting) + ": " + help_of(field) + "\n";
            continue;
        }
        auto const keep = [&flags, &setting](std::string const& value) { flags.values[setting.field] = value; };
        auto* const option = app.add_option_function<std::string>(setting.flag(), keep, help_of(field));
        option->type_name(setting.flag_only ? "" : "(" + variables_of(setting) + ")");
        if (field.is_switch) option->expected(0, 1)->default_str("true"); // for the flag that stands alone
    }
    app.footer(
        (secrets.empty() ? "" : "Secrets have no flag, only a variable or a line of the settings file:\n" + secrets) +
        "A flag is stronger than its variable, which is stronger than the settings file. An empty variable\n"
        "counts as unset.");
}

/// `--colour` of `--colour=red`, `-c` of `-cred`.
std::string name_of(std::string const& flag)
{
    return flag.starts_with("--") ? flag.substr(0, flag.find('=')) : flag.substr(0, 2);
}

/// Never repeats more than a flag's name: what follows may be a password.
Error unknown(std::vector<std::string> const& words, std::vector<SettingField> const& fields)
{
    auto const flag = std::find_if(words.begin(), words.end(), [](auto const& word) { return word.starts_with("-"); });
    if (flag == words.end()) {
        return {Errc::invalid_argument, "there is a word that is neither a flag nor the value of one: write each value "
                                        "after its flag, in quotes when it has blanks"};
    }
    auto const name = printable(name_of(*flag));
    for (auto const& field : fields) {
        if (!field.setting.secret || flag_of(field.setting.field) != name) continue;
        return {Errc::invalid_argument, name +
                                            ": a secret has no flag, since every user of this machine could read "
                                            "it: set " +
                                            field.setting.variable};
    }
    return {Errc::invalid_argument, name + ": is no flag of this program"};
}

/// CLI11 says which flag it is, `--port: 1 required ...`.
Error no_single_value(std::string const& message, std::vector<SettingField> const& fields)
{
    auto const flag = message.substr(0, message.find(':'));
    auto const field = std::find_if(fields.begin(), fields.end(),
                                    [&](auto const& candidate) { return candidate.setting.flag() == flag; });
    if (field == fields.end()) return {Errc::invalid_argument, message};
    auto const name = field->setting.flag_only ? flag : flag + " (" + field->setting.variable + ")";
    return {Errc::invalid_argument, name + ": give it once, with one value: " + field->expected};
}

} // namespace

Result<Flags> read_flags(std::vector<std::string> const& arguments, ProgramDescription const& program,
                         std::vector<SettingField> const& fields)
{
    std::vector<std::string> reversed; // as CLI11 wants it
    for (auto const& word : arguments) {
        // CLI11 would take the next word for the value of "--flag=".
        bool const is_empty = word.starts_with("--") && word.find('=') == word.size() - 1;
        reversed.insert(reversed.begin(), is_empty ? word.substr(0, word.size() - 1) : word);
        if (is_empty) reversed.insert(reversed.begin(), "");
    }
    CLI::App app;
    Flags flags;
    add_flags(app, program, fields, flags);
    try {
        app.parse(reversed);
    } catch (CLI::Success const&) {
        flags.wants_help = true;
        return flags;
    } catch (CLI::ParseError const& wrong) {
        return no_single_value(wrong.what(), fields);
    }
    if (auto const extra = app.remaining(); !extra.empty()) return unknown(extra, fields);
    return flags;
}

std::string help_text(ProgramDescription const& program, std::vector<SettingField> const& fields)
{
    CLI::App app;
    Flags flags;
    add_flags(app, program, fields, flags);
    for (auto* const option : app.get_options()) option->default_str(""); // the meaning tells it
    return app.help();
}

} // namespace learning_loop
