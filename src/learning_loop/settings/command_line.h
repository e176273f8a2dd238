#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/settings/settings.h"

#include <concepts>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What commands of a shell have in common. They exit with 0, with 1 if what is asked cannot be done, and with 2 if a
// word or a setting is wrong.

namespace learning_loop {

/// One command below a program, as `create` of `learning-loop token create`.
struct SubCommand {
    std::string_view name;
    std::string_view meaning;
    int (*run)(Invocation const& start);
};

/// Runs the command that the first word names, with the words after it; prints what there is if it names none.
int run_sub_command(std::string const& program, std::span<SubCommand const> commands, int argc,
                    char const* const* argv);

/// The words of a command, of which one may stand without its flag: `revoke 3` for `revoke --number 3`. It must outlive
/// the invocation.
class CommandLine {
public:
    CommandLine(Invocation const& start, std::string const& flag);

    Invocation const& invocation() const { return invocation_; }

private:
    std::vector<std::string> words_;
    std::vector<char const*> argv_;
    Invocation invocation_;
};

/// The words of a command of which any number stand without a flag: `drop 12 13 --data-folder /data`. What stands
/// behind a switch belongs to it only if it says true or false. It must outlive the invocation.
class FreeWords {
public:
    FreeWords(Invocation const& start, std::vector<SettingField> const& fields);

    std::vector<std::string> const& words() const { return words_; }
    Invocation const& invocation() const { return invocation_; } ///< Without those words.

private:
    std::vector<std::string> words_;
    std::vector<char const*> argv_;
    Invocation invocation_;
};

/// Tells why a command failed; the status to exit with.
int refuse_command(std::string const& command, Error const& error);

/// Tells what `run` throws; the status to exit with.
int unless_it_throws(std::string const& command, std::function<int()> const& run);

/// For root: goes on as the owner of the file, so that no file of root's comes into its folder, which the program that
/// works there could not open. Throws std::system_error.
void act_as_owner(std::filesystem::path const& file);

/// For settings that need no check of their own.
inline constexpr auto no_check = [](auto&, SettingsReader const&) { return Result<void>(); };

/// Reads the settings of a command over these defaults and calls `use` with them, which returns the exit status.
/// `word_flag`: the flag of the word that may stand without one.
template <DescribedStruct T, std::invocable<T&, SettingsReader const&> Check, std::invocable<T const&> Use>
int run_command(Invocation const& start, ProgramDescription const& description, std::string const& word_flag,
                T const& defaults, Check const& check, Use const& use)
{
    CommandLine const line(start, word_flag);
    auto const read = read_settings(description, defaults, line.invocation(), check);
    if (!read) return refuse_settings(description.name, read.error());
    if (!*read) return 0; // --help
    return unless_it_throws(description.name, [&] { return use(**read); });
}

/// The same for a command with any number of words, which `check` and `use` get, too.
template <DescribedStruct T, class Check, std::invocable<T const&, std::vector<std::string> const&> Use>
int run_command_with_words(Invocation const& start, ProgramDescription const& description, T defaults,
                           Check const& check, Use const& use)
{
    FreeWords const line(start, setting_fields(description.settings, defaults));
    auto const check_all = [&](T& settings, SettingsReader const&) { return check(settings, line.words()); };
    auto const read = read_settings(description, defaults, line.invocation(), check_all);
    if (!read) return refuse_settings(description.name, read.error());
    if (!*read) return 0; // --help
    return unless_it_throws(description.name, [&] { return use(**read, line.words()); });
}

} // namespace learning_loop
