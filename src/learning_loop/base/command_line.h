#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop {

/// The settings of a program: each is a flag and an environment variable, the flag wins. An empty variable counts as
/// unset. The targets hold the defaults and must outlive `read`.
class CommandLine {
public:
    CommandLine(std::string program, std::string purpose);
    ~CommandLine();

    /// `flag` as `--port`, `variable` as `NODE_PORT`, `meaning` for --help.
    void add(std::string const& flag, std::string const& variable, std::string& target, std::string const& meaning);
    void add(std::string const& flag, std::string const& variable, std::uint16_t& target, std::string const& meaning);
    void add(std::string const& flag, std::string const& variable, std::uint64_t& target, std::string const& meaning);
    void add(std::string const& flag, std::string const& variable, int& target, std::string const& meaning, int least);
    void add(std::string const& flag, std::string const& variable, double& target,
             std::string const& meaning); ///< 0 to 1
    void add(std::string const& flag, std::string const& variable, std::optional<double>& target,
             std::string const& meaning);

    /// The status to exit with at once: 0 after --help, 2 after an unknown flag or a wrong value, which it names on
    /// stderr with the variable that can hold it, too. Nothing: go on.
    std::optional<int> read(int argc, char const* const* argv);

private:
    struct Options;
    std::unique_ptr<Options> options_;
};

/// The variable's value, empty when it is unset. Only what starts a program asks the environment.
std::string environment(std::string const& variable);

/// `$XDG_STATE_HOME/learning-loop/<program>`, where a person's programs keep their state; empty without a home.
std::string state_folder(std::string const& program);

/// Where a node keeps its state unless told otherwise: `/data` in a container, `/var/lib/learning-loop/<program>`
/// for a service, `$XDG_STATE_HOME/learning-loop/<program>` for a person.
std::string default_data_folder(std::string const& program);

} // namespace learning_loop
