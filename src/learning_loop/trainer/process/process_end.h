#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace learning_loop {

/// How a program ended.
struct ProcessEnd {
    std::optional<int> exit_status; ///< Absent: a signal ended it.
    std::optional<int> signal;
    bool was_stopped = false; ///< By `GuardedProcess::stop`; then neither counts as a failure.

    bool is_success() const { return exit_status == 0; }
};

/// What happened, for people, with the remedy where there is one: of a program that failed. `last_lines` of its log
/// tell what an exit status cannot: that graphics memory ran out, or that there is no graphics card.
std::string explain_end(ProcessEnd const& end, std::string_view last_lines);

} // namespace learning_loop
