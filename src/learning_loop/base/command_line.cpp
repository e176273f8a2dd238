#include "learning_loop/base/command_line.h"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>

namespace learning_loop {

namespace {

/// CLI::Range would let "nan" pass.
std::string wrong_share(std::string const& text)
{
    double value = 0;
    return CLI::detail::lexical_cast(text, value) && value >= 0 && value <= 1
               ? ""
               : "Value " + text + " not in range 0 to 1";
}

/// CLI11 reads "-1" as the largest number there is.
std::string wrong_size(std::string const& text)
{
    return text.starts_with('-') ? "Value " + text + " is negative" : "";
}

} // namespace

struct CommandLine::Options {
    CLI::App app;
    std::string program;

    template <class Value>
    CLI::Option* add(std::string const& flag, std::string const& variable, Value& target, std::string const& meaning)
    {
        return app.add_option(flag, target, meaning)->envname(variable)->capture_default_str();
    }

    /// "--port: ..." becomes "--port (NODE_PORT): ...".
    std::string naming_the_variable(std::string message) const
    {
        for (auto const* option : app.get_options()) {
            auto const flag = option->get_name();
            if (auto const at = message.find(flag); at != std::string::npos && !option->get_envname().empty()) {
                return message.insert(at + flag.size(), " (" + option->get_envname() + ")");
            }
        }
        return message;
    }
};

CommandLine::CommandLine(std::string program, std::string purpose) : options_(std::make_unique<Options>())
{
    options_->app.description(std::move(purpose));
    options_->app.name(program);
    options_->program = std::move(program);
}

CommandLine::~CommandLine() = default;

void CommandLine::add(std::string const& flag, std::string const& variable, std::string& target,
                      std::string const& meaning)
{
    options_->add(flag, variable, target, meaning);
}

void CommandLine::add(std::string const& flag, std::string const& variable, std::uint16_t& target,
                      std::string const& meaning)
{
    options_->add(flag, variable, target, meaning)->check(CLI::Range(0, 65535));
}

void CommandLine::add(std::string const& flag, std::string const& variable, std::uint64_t& target,
                      std::string const& meaning)
{
    options_->add(flag, variable, target, meaning)->check(wrong_size);
}

void CommandLine::add(std::string const& flag, std::string const& variable, int& target, std::string const& meaning,
                      int least)
{
    options_->add(flag, variable, target, meaning)->check(CLI::Range(least, 1'000'000'000));
}

void CommandLine::add(std::string const& flag, std::string const& variable, double& target, std::string const& meaning)
{
    options_->add(flag, variable, target, meaning)->check(wrong_share, "0 to 1");
}

void CommandLine::add(std::string const& flag, std::string const& variable, std::optional<double>& target,
                      std::string const& meaning)
{
    options_->app.add_option(flag, target, meaning)->envname(variable)->check(wrong_share, "0 to 1");
}

std::optional<int> CommandLine::read(int argc, char const* const* argv)
{
    try {
        options_->app.parse(argc, argv);
        return std::nullopt;
    } catch (CLI::Success const&) {
        std::cout << options_->app.help();
        return 0;
    } catch (CLI::ParseError const& wrong) {
        std::cerr << options_->program << ": " << options_->naming_the_variable(wrong.what()) << "\n"
                  << "`" << options_->program << " --help` lists the flags and their variables.\n";
        return 2;
    }
}

std::string environment(std::string const& variable)
{
    auto const* const value = std::getenv(variable.c_str());
    return value ? value : "";
}

std::string state_folder(std::string const& program)
{
    auto state = environment("XDG_STATE_HOME");
    auto const home = environment("HOME");
    if (state.empty() && !home.empty()) state = home + "/.local/state";
    return state.empty() ? "" : state + "/learning-loop/" + program;
}

std::string default_data_folder(std::string const& program)
{
    if (std::filesystem::exists("/.dockerenv") || std::filesystem::exists("/run/.containerenv")) return "/data";
    if (!environment("INVOCATION_ID").empty()) return "/var/lib/learning-loop/" + program; // systemd runs us
    return state_folder(program);
}

} // namespace learning_loop
