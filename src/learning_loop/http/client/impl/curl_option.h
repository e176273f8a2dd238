#pragma once

#include <curl/curl.h>

#include <stdexcept>

namespace learning_loop::http {

/// Throws std::runtime_error if this libcurl was built without the option.
template <class Value>
void set(CURL* curl, CURLoption option, Value value)
{
    if (auto const code = curl_easy_setopt(curl, option, value); code != CURLE_OK)
        throw std::runtime_error(curl_easy_strerror(code));
}

} // namespace learning_loop::http
