#pragma once

#include <map>
#include <optional>
#include <string>

namespace learning_loop {

/// What is wrong with a node, by the step that failed; the Loop and people are told. To be used on the io thread.
class Problems {
public:
    /// nullopt: the step is all right. Logs what is new, has changed or is over, and returns whether anything did.
    bool set(std::string const& step, std::optional<std::string> problem);

    std::map<std::string, std::string> const& all() const { return problems_; }

private:
    std::map<std::string, std::string> problems_;
};

} // namespace learning_loop
