#include "learning_loop/base/log.h"

#include "learning_loop/base/utf8.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace learning_loop {

void start_log(spdlog::level::level_enum level)
{
    auto logger = spdlog::stderr_logger_mt("learning_loop");
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    logger->set_level(level);
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

std::string printable(std::string_view text)
{
    constexpr std::size_t most_bytes = 200;
    auto line = as_utf8(text.substr(0, std::min(most_bytes, text.size())));
    for (auto& c : line) {
        if (auto const byte = static_cast<unsigned char>(c); byte < 0x20 || byte == 0x7f) c = '?';
    }
    return text.size() > most_bytes ? line + "..." : line;
}

} // namespace learning_loop
