#include "learning_loop/settings/settings.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/settings/settings_file.h"
#include "learning_loop/settings/settings_flags.h"

#include <algorithm>
#include <stdexcept>

namespace learning_loop {
namespace {

constexpr auto* settings_file = "settings_file";

/// What the file holds for a field, as text. Returns nullopt if it is the wrong kind of value.
std::optional<std::string> text_of(boost::json::value const& value, SettingField const& field)
{
    if (auto const* text = value.if_string()) return std::string(text->data(), text->size());
    if (field.is_text || value.is_structured()) return std::nullopt; // 1.10 would become "1.1"
    return to_text(value);
}

} // namespace

SettingsReader::SettingsReader(ProgramDescription program, std::vector<SettingField> fields)
    : program_(std::move(program)), fields_(std::move(fields))
{
    Setting file{.field = settings_file, .meaning = "JSON file with settings; its keys are the flags, with _ for -"};
    auto const& type = setting_type<std::filesystem::path>();
    fields_.insert(fields_.begin(), setting_field(std::move(file), type, &settings_file_));
}

Result<bool> SettingsReader::read(Invocation const& start, std::function<Result<void>()> const& check)
{
    std::vector<std::string> const arguments(start.argv + std::min(start.argc, 1), start.argv + start.argc);
    auto const flags = read_flags(arguments, program_, fields_);
    if (flags && flags->wants_help) {
        *start.out << help_text(program_, fields_);
        return false;
    }
    auto done = flags ? read_sources(start, flags->values) : flags.error();
    if (done) done = check();
    if (!done) return done.error();
    return true;
}

int refuse_settings(std::string_view program, Error const& error, std::ostream& err)
{
    err << program << ": " << error.message << "\n`" << program << " --help` lists the settings.\n";
    return 2;
}

Error SettingsReader::wrong(std::string_view name, std::string_view what) const
{
    auto const field = std::find_if(fields_.begin(), fields_.end(),
                                    [&](auto const& candidate) { return candidate.setting.field == name; });
    if (field == fields_.end()) throw std::logic_error("settings: there is no field " + std::string(name));
    auto const& setting = field->setting;
    auto named = setting.secret      ? setting.variable
                 : setting.flag_only ? setting.flag()
                                     : setting.flag() + " (" + setting.variable + ")";
    if (source_of(setting) == Source::alias) named = setting.alias + " (better: " + setting.variable + ")";
    if (source_of(setting) == Source::file) named = settings_file_.string() + ": " + setting.field;
    return {Errc::invalid_argument, named.append(": ").append(what)};
}

Result<void> SettingsReader::read_sources(Invocation const& start, std::map<std::string, std::string> const& flags)
{
    // The strongest first: what is set stays.
    for (auto const& field : fields_) {
        auto const flag = flags.find(field.setting.field);
        if (flag == flags.end()) continue;
        if (auto const done = set(field, Source::flag, flag->second); !done) return done;
    }
    if (auto const done = read_variables(start.environment); !done) return done;
    if (auto const done = read_aliases(start); !done) return done;
    if (auto const done = settings_file_.empty() ? Result<void>() : read_file(); !done) return done;
    for (auto const& field : fields_) {
        bool const has_value = !field.initial_value.empty() || source_of(field.setting) != Source::built_in;
        if (field.setting.required && !has_value) return wrong(field.setting.field, "is required");
    }
    return {};
}

Result<void> SettingsReader::read_variables(Environment const& environment)
{
    for (auto const& field : fields_) {
        if (field.setting.flag_only) continue;
        auto const text = environment(field.setting.variable);
        if (text.empty()) continue;
        if (auto const done = set(field, Source::variable, text); !done) return done;
    }
    return {};
}

Result<void> SettingsReader::read_aliases(Invocation const& start)
{
    for (auto const& field : fields_) {
        auto const& setting = field.setting;
        if (!alias_counts(setting, start.environment)) continue;
        auto const text = start.environment(setting.alias);
        if (source_of(setting) == Source::variable && start.environment(setting.variable) != text)
            *start.err << program_.name << ": warning: " << setting.variable << " and " << setting.alias
                       << " differ: " << setting.variable << " is used\n";
        if (group_is_set(setting)) continue;
        if (auto const done = set(field, Source::alias, text); !done) return done;
    }
    return {};
}

Result<void> SettingsReader::read_file()
{
    auto const name = settings_file_.string();
    auto const values = read_settings_file(settings_file_);
    if (!values) return wrong(settings_file, name + " " + values.error().message);
    for (auto const& member : *values) {
        std::string const key(member.key());
        auto const field = std::find_if(fields_.begin() + 1, fields_.end(),
                                        [&](auto const& candidate) { return candidate.setting.field == key; });
        if (field == fields_.end() && program_.shares_settings_file) continue;
        if (field == fields_.end())
            return Error{Errc::invalid_argument, name + ": " + printable(key) + ": is no setting of this program"};
        if (member.value().is_null()) continue;
        auto const text = text_of(member.value(), *field);
        if (!text) {
            auto const quotes = field->is_text ? ", in quotes" : "";
            return Error{Errc::invalid_argument, name + ": " + key + ": give " + field->expected + quotes};
        }
        if (auto const done = set(*field, Source::file, *text); !done) return done;
    }
    return {};
}

Result<void> SettingsReader::set(SettingField const& field, Source source, std::string const& text)
{
    auto const& setting = field.setting;
    if (!sources_.emplace(setting.field, source).second) return {};
    if (setting.required && text.empty()) return wrong(setting.field, "is required");
    if (field.set(text)) return {};
    auto const shown = setting.secret ? "is wrong" : "'" + printable(text) + "' is wrong";
    return wrong(setting.field, shown + ": give " + field.expected);
}

/// An alias without a group counts alone; the others, such as USERNAME, collide with what shells set.
bool SettingsReader::alias_counts(Setting const& setting, Environment const& environment) const
{
    if (setting.alias.empty() || environment(setting.alias).empty()) return false;
    return setting.alias_group.empty() || std::none_of(fields_.begin(), fields_.end(), [&](auto const& other) {
               return other.setting.alias_group == setting.alias_group && environment(other.setting.alias).empty();
           });
}

/// Half a login of one kind never goes with half of another.
bool SettingsReader::group_is_set(Setting const& setting) const
{
    return !setting.alias_group.empty() && std::any_of(fields_.begin(), fields_.end(), [&](auto const& other) {
        auto const source = source_of(other.setting);
        return other.setting.alias_group == setting.alias_group &&
               (source == Source::flag || source == Source::variable);
    });
}

SettingsReader::Source SettingsReader::source_of(Setting const& setting) const
{
    auto const source = sources_.find(setting.field);
    return source == sources_.end() ? Source::built_in : source->second;
}

} // namespace learning_loop
