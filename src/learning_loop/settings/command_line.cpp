#include "learning_loop/settings/command_line.h"

#include "learning_loop/base/text.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <system_error>

namespace learning_loop {
namespace {

/// Whether the word behind a flag is its value.
bool has_value(SettingField const& field, std::string const& next)
{
    return field.is_switch ? parse_bool(next).has_value() : !next.starts_with("--");
}

} // namespace

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

FreeWords::FreeWords(Invocation const& start, std::vector<SettingField> const& fields) : invocation_(start)
{
    for (int i = 0; i < start.argc; ++i) {
        std::string const word = start.argv[i];
        if (i > 0 && !word.starts_with("-")) {
            words_.push_back(word);
            continue;
        }
        argv_.push_back(start.argv[i]);
        auto const field = std::ranges::find_if(fields, [&](auto const& one) { return one.setting.flag() == word; });
        bool const is_known = field != fields.end() || word == "--settings-file";
        if (!is_known || i + 1 == start.argc) continue;
        if (field == fields.end() || has_value(*field, start.argv[i + 1])) argv_.push_back(start.argv[++i]);
    }
    invocation_.argc = static_cast<int>(argv_.size());
    invocation_.argv = argv_.data();
}

int refuse_command(std::string const& command, Error const& error)
{
    std::cerr << command << ": " << error.message << "\n";
    return 1;
}

int unless_it_throws(std::string const& command, std::function<int()> const& run)
{
    try {
        return run();
    } catch (std::exception const& failure) { // a damaged database, a disk that fails
        return refuse_command(command, {Errc::unavailable, failure.what()});
    }
}

void act_as_owner(std::filesystem::path const& file)
{
    struct stat owned {};
    bool const is_others = ::geteuid() == 0 && ::stat(file.c_str(), &owned) == 0 && owned.st_uid != 0;
    if (!is_others) return;
    if (::setegid(owned.st_gid) != 0 || ::seteuid(owned.st_uid) != 0)
        throw std::system_error(errno, std::system_category(), "cannot act as the owner of " + file.string());
}

} // namespace learning_loop
