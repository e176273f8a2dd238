#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

namespace learning_loop {

/// One line per event on stderr: time (UTC), level, text. Call once in `main`; `level` as spdlog names them.
void start_log(spdlog::level::level_enum level = spdlog::level::info);

/// Text from outside, fit for one line of the log and for an answer: valid UTF-8, control characters become `?`, at
/// most some 200 bytes.
std::string printable(std::string_view text);

namespace log = spdlog;

} // namespace learning_loop
