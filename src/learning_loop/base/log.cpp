#include "learning_loop/base/log.h"

#include "learning_loop/base/impl/log_format.h"
#include "learning_loop/base/impl/log_sink.h"
#include "learning_loop/base/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <string>

namespace learning_loop {
namespace {

thread_local std::string_view current_request_id;

std::shared_ptr<spdlog::logger> logger_named(std::string name, spdlog::level::level_enum flush_from)
{
    static auto const sink = std::make_shared<impl::LogSink>(std::make_unique<impl::LogFormat>());
    auto logger = std::make_shared<spdlog::logger>(std::move(name), sink);
    logger->set_level(spdlog::get_level());
    logger->flush_on(flush_from);
    return logger;
}

/// Whether the text can stand behind `key=` as it is.
bool is_word(std::string_view text)
{
    auto const plain = [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'; };
    return !text.empty() && text.size() <= 200 && std::all_of(text.begin(), text.end(), plain);
}

spdlog::logger& access_log()
{
    static auto const logger = [] {
        auto made = logger_named("access", spdlog::level::warn);
        spdlog::register_logger(made); // for its level and for being flushed every second
        return made;
    }();
    return *logger;
}

void write_to(spdlog::logger& logger, log::Level level, fmt::string_view format, fmt::format_args arguments)
{
    auto const spdlog_level = static_cast<spdlog::level::level_enum>(level);
    if (!logger.should_log(spdlog_level)) return;
    try {
        spdlog::memory_buf_t text;
        fmt::vformat_to(fmt::appender(text), format, arguments);
        logger.log(spdlog_level, spdlog::string_view_t(text.data(), text.size()));
    } catch (...) {
        // A line that cannot be made is lost: callers log where they handle failures, and must not get another one.
    }
}

} // namespace

void start_log(log::Level level)
{
    static bool const started = [] {
        spdlog::set_default_logger(logger_named("learning_loop", spdlog::level::info));
        spdlog::flush_every(std::chrono::seconds(1));
        return true;
    }();
    static_cast<void>(started);
    log::set_level(level);
}

namespace log {

void write(Level level, fmt::string_view format, fmt::format_args arguments)
{
    write_to(*spdlog::default_logger_raw(), level, format, arguments);
}

void write_access(fmt::string_view format, fmt::format_args arguments)
{
    write_to(access_log(), Level::info, format, arguments);
}

void set_level(Level level)
{
    spdlog::set_level(static_cast<spdlog::level::level_enum>(level));
}

Level level()
{
    return static_cast<Level>(spdlog::get_level());
}

void flush()
{
    access_log().flush(); // both loggers write into the same buffer
}

void set_request_id(std::string_view id)
{
    current_request_id = id;
}

std::string_view request_id()
{
    return current_request_id;
}

} // namespace log
} // namespace learning_loop

fmt::appender fmt::formatter<learning_loop::log::Value>::format(learning_loop::log::Value value,
                                                                format_context& context) const
{
    auto out = context.out();
    if (learning_loop::is_word(value.text)) return std::copy(value.text.begin(), value.text.end(), out);
    *out++ = '"';
    for (char const c : learning_loop::printable(value.text)) {
        if (c == '"' || c == '\\') *out++ = '\\';
        *out++ = c;
    }
    *out++ = '"';
    return out;
}
