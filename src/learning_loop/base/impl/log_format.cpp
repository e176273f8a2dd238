#include "learning_loop/base/impl/log_format.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/utf8.h"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>

namespace learning_loop::impl {
namespace {

void append(std::string_view text, spdlog::memory_buf_t& line)
{
    line.append(text.data(), text.data() + text.size());
}

bool is_suspect(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f || byte == 0xc2;
}

void append_escaped(std::string_view text, spdlog::memory_buf_t& line)
{
    while (!text.empty()) {
        auto const suspect = std::find_if(text.begin(), text.end(), is_suspect);
        append({text.begin(), suspect}, line);
        text = {suspect, text.end()};
        if (text.empty()) return;
        auto const byte = static_cast<unsigned char>(text.front());
        if (byte == '\n') append("\\n", line);
        else if (byte == '\r') append("\\r", line);
        else if (byte == '\t') append("\\t", line);
        else if (byte == 0xc2 && !is_c1_control(text)) line.push_back(text.front());
        else
            fmt::format_to(fmt::appender(line), "\\x{:02x}", byte == 0xc2 ? static_cast<unsigned char>(text[1]) : byte);
        text.remove_prefix(is_c1_control(text) ? 2 : 1);
    }
}

} // namespace

void LogFormat::append_time(spdlog::log_clock::time_point time, spdlog::memory_buf_t& line)
{
    using namespace std::chrono;
    auto const second = floor<seconds>(time);
    if (second != second_) {
        auto const day = floor<days>(second);
        year_month_day const date(day);
        hh_mm_ss const clock(second - day);
        second_text_ = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   clock.hours().count(), clock.minutes().count(), clock.seconds().count());
        second_ = second;
    }
    append(second_text_, line);
    fmt::format_to(fmt::appender(line), ".{:03}Z ", duration_cast<milliseconds>(time - second).count());
}

void LogFormat::format(spdlog::details::log_msg const& event, spdlog::memory_buf_t& line)
{
    append_time(event.time, line);
    append(boost::describe::enum_to_string(static_cast<log::Level>(event.level), "?"), line);
    line.push_back(' ');
    if (auto const id = log::request_id(); !id.empty()) {
        line.push_back('[');
        append_escaped(id, line);
        append("] ", line);
    }
    append_escaped({event.payload.data(), event.payload.size()}, line);
    line.push_back('\n');
}

} // namespace learning_loop::impl
