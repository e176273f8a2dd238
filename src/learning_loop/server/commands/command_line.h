#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/server/admin/admin_messages.h"
#include "learning_loop/settings/settings.h"

#include <concepts>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Of a command that is told nothing but where the Loop is.
struct FolderSettings {
    std::filesystem::path data_folder;
};
BOOST_DESCRIBE_STRUCT(FolderSettings, (), (data_folder))

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

/// How a command is introduced. The settings file of the server tells it, too, where the data folder is.
ProgramDescription describe_command(std::string name, std::string purpose, std::vector<Setting> own);

/// For root: goes on as the owner of the database, so that no file of root's comes into its folder, which the server
/// could not open. Throws std::system_error.
void act_as_owner(std::filesystem::path const& data_folder);

/// Tells what `run` throws; the status to exit with.
int unless_it_throws(std::string const& command, std::function<int()> const& run);

/// Whether there is a Loop in the folder. Errors: not_found; forbidden if this user may not look into it.
Result<void> require_loop(std::filesystem::path const& data_folder);

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

/// For settings that need no check of their own.
inline constexpr auto no_check = [](auto&, SettingsReader const&) { return Result<void>(); };

/// Has the Loop do it, and tells why if it does not.
std::optional<AdminAnswer> ask_or_tell(ProgramDescription const& command, std::filesystem::path const& data_folder,
                                       AdminRequest const& request);

/// Tells why a command failed; the status to exit with.
int refuse_command(std::string const& command, Error const& error);

} // namespace learning_loop
