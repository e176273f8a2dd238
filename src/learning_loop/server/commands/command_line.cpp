#include "learning_loop/server/commands/command_line.h"

#include "learning_loop/base/text.h"
#include "learning_loop/server/commands/ask_loop.h"
#include "learning_loop/server/settings.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

namespace learning_loop {

int run_sub_command(std::string const& program, std::span<SubCommand const> commands, int argc, char const* const* argv)
{
    std::string const word = argc > 1 ? argv[1] : "";
    for (auto const& command : commands) {
        if (word == command.name) return command.run({argc - 1, argv + 1});
    }
    bool const wants_help = word == "--help" || word == "-h";
    auto& out = wants_help ? std::cout : std::cerr;
    if (!wants_help)
        out << program << ": " << (word.empty() ? "what to do?" : "'" + printable(word) + "' is unknown") << "\n\n";
    for (auto const& command : commands)
        out << "  " << program << " " << command.name << "  " << command.meaning << "\n";
    out << "\n`" << program << " <command> --help` tells more.\n";
    return wants_help ? 0 : 2;
}

CommandLine::CommandLine(Invocation const& start, std::string const& flag)
    : words_(start.argv, start.argv + start.argc), invocation_(start)
{
    bool const has_word = words_.size() > 1 && !words_[1].starts_with("-");
    if (has_word) words_[1] = flag + "=" + words_[1];
    for (auto const& word : words_) argv_.push_back(word.c_str());
    invocation_.argv = argv_.data();
}

ProgramDescription describe_command(std::string name, std::string purpose, std::vector<Setting> own)
{
    own.insert(own.begin(), data_folder_setting());
    return {std::move(name), std::move(purpose), std::move(own), true};
}

std::optional<AdminAnswer> ask_or_tell(ProgramDescription const& command, std::filesystem::path const& data_folder,
                                       AdminRequest const& request)
{
    auto const there = require_loop(data_folder);
    auto answer = there ? ask_loop(data_folder, request) : Result<AdminAnswer>(there.error());
    if (answer) return std::move(*answer);
    refuse_command(command.name, answer.error());
    return std::nullopt;
}

void act_as_owner(std::filesystem::path const& data_folder)
{
    struct stat database {};
    bool const is_others =
        ::geteuid() == 0 && ::stat((data_folder / "loop.db").c_str(), &database) == 0 && database.st_uid != 0;
    if (!is_others) return;
    if (::setegid(database.st_gid) != 0 || ::seteuid(database.st_uid) != 0)
        throw std::system_error(errno, std::system_category(), "cannot act as the owner of " + data_folder.string());
}

int unless_it_throws(std::string const& command, std::function<int()> const& run)
{
    try {
        return run();
    } catch (std::exception const& failure) { // a damaged database, a disk that fails
        return refuse_command(command, {Errc::unavailable, failure.what()});
    }
}

Result<void> require_loop(std::filesystem::path const& data_folder)
{
    std::error_code failure;
    if (std::filesystem::exists(data_folder / "loop.db", failure)) return {};
    if (failure == std::errc::permission_denied) {
        return Error{Errc::forbidden, data_folder.string() + " belongs to another user: run this command as that user, "
                                                             "or as root"};
    }
    return Error{Errc::not_found, "there is no Loop in " + data_folder.string() +
                                      ": name its folder with --data-folder, or start `learning-loop server` first"};
}

int refuse_command(std::string const& command, Error const& error)
{
    std::cerr << command << ": " << error.message << "\n";
    return 1;
}

} // namespace learning_loop
