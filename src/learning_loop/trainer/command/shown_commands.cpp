#include "learning_loop/trainer/command/shown_commands.h"

#include "learning_loop/trainer/command/check_trainer_file.h"

#include <algorithm>

namespace learning_loop {
namespace {

/// As a word of a shell.
std::string quoted_for_shell(std::string_view text)
{
    auto const is_plain = [](char c) {
        return std::string_view("-_./=:,+@%").find(c) != std::string_view::npos || (c >= '0' && c <= '9') ||
               (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
    std::string quoted = "'";
    for (auto const c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string shown_command(std::string_view name, std::vector<std::string> const& arguments,
                          PlaceholderValues const& values)
{
    auto const command = fill_command(arguments, values).value(); // the file was checked
    std::string text = "# " + std::string(name) + "\n";
    for (auto const& [variable, value] : command.environment)
        text.append(variable).append("=").append(quoted_for_shell(value)).append(" \\\n");
    for (auto const& argument : command.arguments) text.append(quoted_for_shell(argument)).append(" ");
    text.back() = '\n';
    return text + "\n";
}

} // namespace

std::string shown_commands(TrainerFile const& file, std::filesystem::path const& here)
{
    auto const& commands = file.commands;
    std::string text;
    for (auto const& [name, arguments] :
         {std::pair("train", &commands.train), std::pair("train_from_base", &commands.train_from_base),
          std::pair("resume", &commands.resume), std::pair("detect", &commands.detect)}) {
        auto values = sample_values(file, name);
        values["here"] = here.string();
        if (!arguments->empty()) text += shown_command(name, *arguments, values);
    }
    return text;
}

} // namespace learning_loop
