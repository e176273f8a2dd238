#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/settings/environment.h"
#include "learning_loop/settings/setting.h"
#include "learning_loop/settings/setting_value.h"

#include <concepts>
#include <filesystem>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A program's settings are one described struct with its defaults, and a row (`Setting`) per field. From these two come
// reading, --help and docs/settings.md.

namespace learning_loop {

/// How a program was started. Tests give an environment and streams of their own.
struct Invocation {
    int argc;
    char const* const* argv;
    Environment environment = &learning_loop::environment;
    std::ostream* out = &std::cout;
    std::ostream* err = &std::cerr;
};

/// Fills one settings object. A flag overrides a variable, a variable overrides a line of the settings file
/// (--settings-file), and that overrides what the object holds. Refers to the object, which must outlive it.
class SettingsReader {
public:
    /// Throws std::logic_error unless there is exactly one row for each field that is described.
    template <DescribedStruct T>
    SettingsReader(ProgramDescription const& program, T& settings)
        : SettingsReader(program, setting_fields(program.settings, settings))
    {}
    SettingsReader(SettingsReader const&) = delete;
    SettingsReader& operator=(SettingsReader const&) = delete;

    /// Sets every field, then runs `check`. Returns false if the program is only to print its --help, which is done
    /// then. Errors: invalid_argument if a setting is wrong; the message names it and the remedy.
    Result<bool> read(Invocation const& start, std::function<Result<void>()> const& check);

    /// The error invalid_argument with the message `<name>: <what>`, where the field is named by the source that set
    /// it: `--port (NODE_PORT): ...` or `detector.json: port: ...`. Throws std::logic_error if there is no such field.
    Error wrong(std::string_view field, std::string_view what) const;

private:
    enum class Source { built_in, flag, variable, alias, file };

    SettingsReader(ProgramDescription program, std::vector<SettingField> fields);

    Result<void> read_sources(Invocation const& start, std::map<std::string, std::string> const& flags);
    Result<void> read_variables(Environment const& environment);
    Result<void> read_aliases(Invocation const& start);
    Result<void> read_file();
    /// Does nothing if a stronger source has set the field.
    Result<void> set(SettingField const& field, Source source, std::string const& text);
    Source source_of(Setting const& setting) const;
    bool alias_counts(Setting const& setting, Environment const& environment) const;
    bool group_is_set(Setting const& setting) const;

    ProgramDescription program_;
    std::filesystem::path settings_file_;
    std::vector<SettingField> fields_;
    std::map<std::string, Source> sources_; ///< Of each field that was set.
};

/// Reads the settings of a program over the given defaults; `check` may refuse and complete them. Returns nullopt if
/// the program is only to print its --help, which is done then. Errors: as SettingsReader::read.
template <DescribedStruct T, std::invocable<T&, SettingsReader const&> Check>
Result<std::optional<T>> read_settings(ProgramDescription const& program, T settings, Invocation const& start,
                                       Check const& check)
{
    SettingsReader reader(program, settings);
    auto const is_to_run = reader.read(start, [&] { return check(settings, reader); });
    if (!is_to_run) return is_to_run.error();
    return *is_to_run ? std::optional(std::move(settings)) : std::nullopt;
}

/// Tells on the stream what is wrong with the settings of a program. Returns the status to exit with.
int refuse_settings(std::string_view program, Error const& error, std::ostream& err = std::cerr);

} // namespace learning_loop
