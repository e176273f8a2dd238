#pragma once

#include <spdlog/formatter.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace learning_loop::impl {

/// A control character beyond ASCII (U+0080 to U+009F) at the front: some terminals obey it like an escape.
bool is_c1_control(std::string_view utf8);

/// Writes an event as one line, whatever its text is.
class LogFormat final : public spdlog::formatter {
public:
    void format(spdlog::details::log_msg const& event, spdlog::memory_buf_t& line) override;
    std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<LogFormat>(); }

private:
    void append_time(spdlog::log_clock::time_point time, spdlog::memory_buf_t& line);

    std::chrono::sys_seconds second_{std::chrono::seconds(-1)}; ///< That `second_text_` tells; many lines share one.
    std::string second_text_;
};

} // namespace learning_loop::impl
