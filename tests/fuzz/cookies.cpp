// The cookies that are found in a header are found again when they are written into one.
#include "learning_loop/http/cookies.h"

#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using learning_loop::fuzz::require;
    auto const cookies = learning_loop::http::cookies_of(learning_loop::fuzz::text_of(data, size));
    require(cookies.size() <= 100, "at most 100 cookies are read");
    std::string written;
    for (auto const& [name, value] : cookies) {
        require(!name.empty() && name.find_first_of(";=") == std::string::npos, "a name is one");
        require(value.find(';') == std::string::npos, "a value ends at the semicolon");
        written += name + "=\"" + value + "\"; ";
    }
    require(learning_loop::http::cookies_of(written) == cookies, "cookies survive being written again");
    return 0;
}
