#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// The cookies that all handles of a client have in common. May be asked from any thread.
class CookieShare {
public:
    CookieShare();
    CookieShare(CookieShare const&) = delete;
    CookieShare& operator=(CookieShare const&) = delete;

    CURLSH* get() const { return share_.get(); }

    /// Those that a request for the URL would carry, as the value of a header; empty: none.
    std::string header_for(std::string_view url) const;

private:
    /// One for each kind of what is shared. Held for moments, never while something is sent or received.
    std::array<std::mutex, CURL_LOCK_DATA_LAST> guards_;
    std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;
};

} // namespace learning_loop::http
