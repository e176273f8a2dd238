#include "learning_loop/base/ids.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <string>

namespace learning_loop {
namespace {

using Uuid = std::array<std::uint8_t, 16>;

std::string text_of(Uuid uuid, unsigned version)
{
    uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0fU) | (version << 4U));
    uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3fU) | 0x80U);
    auto text = hex(uuid);
    for (auto const at : {20, 16, 12, 8}) text.insert(static_cast<std::size_t>(at), "-");
    return text;
}

Uuid random_bytes()
{
    Uuid bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random numbers to be had");
    return bytes;
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Milliseconds since 1970, and a counter in the 12 bits below. If a millisecond needs more than those, or the clock
/// stands still or goes back, the next tick is one more than the last.
class Ticks {
public:
    std::uint64_t next()
    {
        using namespace std::chrono;
        auto const now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
        std::lock_guard const lock(guard_);
        last_ = std::max(last_ + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0)) << 12U);
        return last_;
    }

    void continue_after(std::uint64_t tick)
    {
        std::lock_guard const lock(guard_);
        last_ = std::max(last_, tick);
    }

private:
    std::mutex guard_;
    std::uint64_t last_ = 0;
};

Ticks& ticks()
{
    static Ticks of_this_process;
    return of_this_process;
}

constexpr std::uint64_t latest_tick = std::uint64_t{7'258'118'400'000} << 12U; // the year 2200

} // namespace

std::string random_token()
{
    return hex(random_bytes());
}

std::string new_uuid()
{
    auto uuid = random_bytes();
    auto const tick = ticks().next();
    auto const milliseconds = tick >> 12U;
    for (unsigned i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(milliseconds >> (40U - 8U * i));
    uuid[6] = static_cast<std::uint8_t>((tick >> 8U) & 0x0fU);
    uuid[7] = static_cast<std::uint8_t>(tick & 0xffU);
    return text_of(uuid, 7);
}

void continue_after(std::string_view uuid)
{
    if (!is_uuid(uuid) || uuid[14] != '7') return;
    auto const digits =
        std::string(uuid.substr(0, 8)) + std::string(uuid.substr(9, 4)) + std::string(uuid.substr(15, 3));
    auto const tick = std::stoull(digits, nullptr, 16);
    if (tick < latest_tick) ticks().continue_after(tick);
}

bool is_uuid(std::string_view text)
{
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const dash = i == 8 || i == 13 || i == 18 || i == 23;
        char const c = text[i];
        bool const digit = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !digit) return false;
    }
    return true;
}

bool is_name(std::string_view text)
{
    auto const fits = [](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-' || c == '.'; };
    bool const begins_well = !text.empty() && text.front() != '.' && text.front() != '-'; // a file to hide, an option
    return begins_well && text.size() <= 100 && std::all_of(text.begin(), text.end(), fits);
}

bool is_version(std::string_view text)
{
    auto const fits = [](char c) { return is_digit(c) || c == '.'; };
    return !text.empty() && text.size() <= 50 && is_digit(text.front()) && is_digit(text.back()) &&
           std::all_of(text.begin(), text.end(), fits) && text.find("..") == std::string_view::npos;
}

std::string uuid_of(Sha256 const& hash)
{
    Uuid uuid{};
    std::copy_n(hash.begin(), uuid.size(), uuid.begin());
    return text_of(uuid, 8);
}

} // namespace learning_loop
