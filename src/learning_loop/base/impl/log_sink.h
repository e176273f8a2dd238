#pragma once

#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <memory>
#include <mutex>

namespace learning_loop::impl {

/// Collects lines and writes them to stderr when it is flushed or has many: always whole lines, since other programs
/// may write to the same pipe.
class LogSink final : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit LogSink(std::unique_ptr<spdlog::formatter> format) : base_sink(std::move(format)) {}
    ~LogSink() override { write_out(); }

private:
    void sink_it_(spdlog::details::log_msg const& event) override;
    void flush_() override { write_out(); }
    void write_out();

    spdlog::memory_buf_t lines_;
    std::uint64_t lost_lines_ = 0;
};

} // namespace learning_loop::impl
