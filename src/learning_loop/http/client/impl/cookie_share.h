#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace learning_loop::http {

/// The cookies that all libcurl handles of a client have in common. Thread safe.
class CookieShare {
public:
    CookieShare();
    CookieShare(CookieShare const&) = delete;
    CookieShare& operator=(CookieShare const&) = delete;

    CURLSH* get() const { return share_.get(); }

    /// The cookies of a request for the URL, as the value of a header; empty: none.
    std::string header_for(std::string_view url) const;

private:
    /// libcurl wants one for each kind of data that is shared. It never holds one while it sends or receives.
    std::array<std::mutex, CURL_LOCK_DATA_LAST> guards_;
    std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;
};

} // namespace learning_loop::http
