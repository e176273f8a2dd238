#include "learning_loop/base/nfc.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"

#include <utf8proc.h>

#include <cstdlib>
#include <memory>
#include <new>

namespace learning_loop {

std::string nfc(std::string_view utf8)
{
    if (is_ascii(utf8) || !is_utf8(utf8)) return std::string(utf8);
    auto const* const bytes = reinterpret_cast<utf8proc_uint8_t const*>(utf8.data());
    utf8proc_uint8_t* composed = nullptr;
    auto const options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    auto const length = utf8proc_map(bytes, static_cast<utf8proc_ssize_t>(utf8.size()), &composed, options);
    std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> const owner(composed, &std::free);
    if (length == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
    if (length < 0) return std::string(utf8); // longer than the library counts
    return {reinterpret_cast<char const*>(composed), static_cast<std::size_t>(length)};
}

} // namespace learning_loop
