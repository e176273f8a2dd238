#include "learning_loop/trainer/command/command_template.h"

#include "learning_loop/base/text.h"
#include "learning_loop/trainer/command/nearest_name.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace learning_loop {
namespace {

bool is_shell(std::string_view argument)
{
    static constexpr std::array<std::string_view, 8> shells{"sh",  "bash", "dash", "ash",
                                                            "zsh", "ksh",  "fish", "busybox"};
    auto const name = std::filesystem::path(argument).filename().string();
    return std::ranges::find(shells, name) != shells.end();
}

/// The place of the program that a shell at `at` gets by `-c`; the size of the list if it gets none. `-lc`, `-o
/// pipefail -c` and `busybox sh -c` are known, too.
std::size_t shell_program_after(std::vector<std::string> const& arguments, std::size_t at)
{
    for (auto i = at + 1; i < arguments.size(); ++i) {
        auto const& option = arguments[i];
        if (is_shell(option)) continue;
        if (option.empty() || (option[0] != '-' && option[0] != '+')) break;
        bool const is_cluster = option[0] == '-' && !option.starts_with("--");
        if (is_cluster && option.find('c') != std::string::npos) return i + 1;
        if (option.ends_with('o') || option.ends_with('O')) ++i; // its value
    }
    return arguments.size();
}

std::vector<bool> find_shell_programs(std::vector<std::string> const& arguments)
{
    std::vector<bool> found(arguments.size() + 1);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (is_shell(arguments[i])) found[shell_program_after(arguments, i)] = true;
    }
    return found;
}

Error unknown_placeholder(std::string_view name, PlaceholderValues const& values)
{
    std::vector<std::string> names;
    for (auto const& [known, value] : values) names.push_back(known);
    return {Errc::invalid_argument, "the placeholder {" + printable(name) + "} " + unknown_name(name, names)};
}

Result<std::string> fill_argument(std::string_view text, PlaceholderValues const& values)
{
    std::string filled;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const c = text[i];
        if (c != '{' && c != '}') {
            filled += c;
            continue;
        }
        auto const end = text.find('}', i);
        if (i + 1 < text.size() && text[i + 1] == c) {
            filled += c;
            ++i;
        } else if (c == '}' || end == std::string_view::npos) {
            return Error{Errc::invalid_argument,
                         std::string("a single '") + c + "' begins or ends no placeholder: write it twice"};
        } else {
            auto const name = std::string(text.substr(i + 1, end - i - 1));
            auto const value = values.find(name);
            if (value == values.end()) return unknown_placeholder(name, values);
            filled += value->second;
            i = end;
        }
    }
    return filled;
}

/// `${dataset}` is a variable of the shell itself.
Result<void> refuse_placeholders(std::string_view program, PlaceholderValues const& values)
{
    for (auto const& [name, value] : values) {
        auto const placeholder = "{" + name + "}";
        for (auto at = program.find(placeholder); at != std::string_view::npos;
             at = program.find(placeholder, at + 1)) {
            if (at > 0 && program[at - 1] == '$') continue;
            return Error{Errc::invalid_argument, placeholder +
                                                     " in a program for a shell would run as a part of it: write \"$" +
                                                     placeholder_variable(name) + "\""};
        }
    }
    return {};
}

} // namespace

std::string placeholder_variable(std::string_view placeholder)
{
    constexpr std::string_view group = "hyperparameters.";
    std::string name(placeholder);
    if (placeholder.starts_with(group)) name = "hyperparameter_" + std::string(placeholder.substr(group.size()));
    for (auto& c : name) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return "LL_" + name;
}

Result<Command> fill_command(std::vector<std::string> const& arguments, PlaceholderValues const& values)
{
    Command command;
    auto const is_shell_program = find_shell_programs(arguments);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        auto filled = is_shell_program[i] ? Result<std::string>(arguments[i]) : fill_argument(arguments[i], values);
        if (is_shell_program[i]) {
            if (auto const good = refuse_placeholders(arguments[i], values); !good) filled = good.error();
        }
        if (!filled) return Error{Errc::invalid_argument, "[" + std::to_string(i) + "]: " + filled.error().message};
        command.arguments.push_back(std::move(*filled));
    }
    for (auto const& [name, value] : values) command.environment[placeholder_variable(name)] = value;
    return command;
}

} // namespace learning_loop
