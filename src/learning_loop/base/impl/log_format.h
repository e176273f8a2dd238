#pragma once

#include <spdlog/formatter.h>

#include <chrono>
#include <memory>
#include <string>

namespace learning_loop::impl {

/// Writes an event as one line, even if its text has line breaks.
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
