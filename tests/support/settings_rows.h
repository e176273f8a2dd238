#pragma once

#include "learning_loop/base/secret.h"
#include "learning_loop/settings/settings.h"
#include "support/invocation.h"
#include "support/temp_folder.h"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace learning_loop::test {

using Variables = std::map<std::string, std::string>;

/// A setting's value as the rows below write it.
template <class T>
std::string text_of(T const& value)
{
    if constexpr (std::is_same_v<T, Secret>) return value.reveal();
    else if constexpr (std::is_same_v<T, std::filesystem::path>) return value.string();
    else if constexpr (std::is_enum_v<T>) return boost::describe::enum_to_string(value, "?");
    else return fmt::format("{}", value);
}
template <class T>
std::string text_of(std::optional<T> const& value)
{
    return value ? text_of(*value) : "absent";
}

/// A row of the protocol's table of variables.
template <class Settings>
struct SettingsRow {
    std::string variable;
    std::string alias;
    std::string key;     ///< In the settings file; the flag is the same with dashes.
    std::string initial; ///< The default.
    std::string given;   ///< Another value.
    std::function<std::string(Settings const&)> found;
    bool is_secret = false;

    std::string flag() const { return flag_of(key) + "=" + given; }
    std::string json() const
    {
        bool const is_bare = given == "true" || given.find_first_not_of("0123456789.") == std::string::npos;
        return "{\"" + key + "\": " + (is_bare ? given : "\"" + given + "\"") + "}";
    }
};

template <class Settings, class Class, class Field>
SettingsRow<Settings> settings_row(std::string variable, std::string alias, std::string key, std::string initial,
                                   std::string given, Field Class::*field)
{
    auto const found = [field](Settings const& settings) { return text_of(settings.*field); };
    return {std::move(variable),          std::move(alias), std::move(key), std::move(initial), std::move(given), found,
            std::is_same_v<Field, Secret>};
}

/// Reads the settings of a program from flags, variables and files of the test.
template <class Settings>
struct SettingsTest : testing::Test {
    TempFolder folder;
    Variables required; ///< What the program does not start without.
    std::string said;
    std::string printed;
    int status = 0;

    virtual Result<std::optional<Settings>> read_settings_of(Invocation const& invocation) const = 0;

    Result<std::optional<Settings>> start(std::vector<std::string> flags, Variables variables)
    {
        variables.emplace("HOME", "/home/a");
        Started started{std::move(flags), std::move(variables), {}, {}};
        auto settings = started.read("weeder", [this](Invocation const& one) { return read_settings_of(one); });
        said = started.err.str();
        printed = started.out.str();
        status = started.status;
        return settings;
    }

    Settings read(std::vector<std::string> flags, Variables variables = {})
    {
        variables.insert(required.begin(), required.end());
        auto const settings = start(std::move(flags), std::move(variables));
        if (settings && *settings) return **settings;
        ADD_FAILURE() << said;
        return {};
    }

    /// Refused with the exit status 2, in words that hold `text`.
    void expect_refused(std::vector<std::string> flags, Variables variables, std::string const& text)
    {
        auto const settings = start(std::move(flags), std::move(variables));
        ASSERT_FALSE(settings) << text;
        EXPECT_EQ(status, 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }

    std::string file(std::string const& json) const
    {
        put(folder / "settings.json", json);
        return (folder / "settings.json").string();
    }

    /// Gives the row's value in each possible way, alone.
    void check(SettingsRow<Settings> const& row)
    {
        SCOPED_TRACE(row.variable);
        Variables const nothing_else{{row.variable, ""}, {row.alias, ""}};
        bool const is_required = required.contains(row.variable); // then `initial` is the test's
        EXPECT_EQ(row.found(read({}, is_required ? Variables() : nothing_else)), row.initial);
        EXPECT_EQ(row.found(read({}, {{row.variable, row.given}})), row.given);
        EXPECT_EQ(row.found(read({"--settings-file", file(row.json())}, nothing_else)), row.given);
        if (!row.alias.empty()) {
            EXPECT_EQ(row.found(read({}, {{row.variable, ""}, {row.alias, row.given}})), row.given);
        }
        if (row.is_secret) {
            expect_refused({row.flag()}, required, flag_of(row.key) + ": a secret has no flag");
        } else {
            EXPECT_EQ(row.found(read({row.flag()}, {{row.variable, ""}})), row.given);
        }
        EXPECT_EQ(said.find("hunter2"), std::string::npos);
    }
};

} // namespace learning_loop::test
