#include "learning_loop/http/client/impl/cookie_share.h"

#include "learning_loop/http/client/impl/curl_option.h"
#include "learning_loop/http/url.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace learning_loop::http {
namespace {

using Guards = std::array<std::mutex, CURL_LOCK_DATA_LAST>;

void lock(CURL*, curl_lock_data kind, curl_lock_access, void* guards)
{
    static_cast<Guards*>(guards)->at(kind).lock();
}

void unlock(CURL*, curl_lock_data kind, void* guards)
{
    static_cast<Guards*>(guards)->at(kind).unlock();
}

struct GlobalInit {
    GlobalInit() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

CURLSH* new_share()
{
    static GlobalInit const once;
    return curl_share_init();
}

/// A cookie as a line of Netscape's file, as libcurl lists them.
struct Cookie {
    enum Field { domain, for_subdomains, path, for_https_only, expiry, name, value };
    std::array<std::string_view, 7> fields;

    explicit Cookie(std::string_view line)
    {
        for (auto& field : fields) {
            auto const tab = std::min(line.find('\t'), line.size());
            field = line.substr(0, tab);
            line.remove_prefix(std::min(tab + 1, line.size()));
        }
    }

    bool fits(bool is_https, std::string_view wanted_path, std::time_t now) const
    {
        if (fields[for_https_only] == "TRUE" && !is_https) return false;
        auto const expires = std::strtoll(std::string(fields[expiry]).c_str(), nullptr, 10);
        if (expires != 0 && expires < now) return false;
        auto const folder = fields[path];
        if (!wanted_path.starts_with(folder)) return false;
        return folder.ends_with('/') || wanted_path.size() == folder.size() || wanted_path[folder.size()] == '/';
    }
};

} // namespace

CookieShare::CookieShare() : share_(new_share(), curl_share_cleanup)
{
    if (!share_) throw std::runtime_error("libcurl could not be started");
    curl_share_setopt(share_.get(), CURLSHOPT_LOCKFUNC, &lock);
    curl_share_setopt(share_.get(), CURLSHOPT_UNLOCKFUNC, &unlock);
    curl_share_setopt(share_.get(), CURLSHOPT_USERDATA, static_cast<void*>(&guards_));
    curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE);
}

std::string CookieShare::header_for(std::string_view url) const
{
    std::unique_ptr<CURL, void (*)(CURL*)> const curl(curl_easy_init(), curl_easy_cleanup);
    if (!curl) throw std::runtime_error("libcurl could not be started");
    set(curl.get(), CURLOPT_SHARE, share_.get());
    curl_slist* list = nullptr;
    curl_easy_getinfo(curl.get(), CURLINFO_COOKIELIST, &list);
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> const owned(list, curl_slist_free_all);
    auto const parts = parse_url(url);
    auto const path = parts && !parts->path_and_query.empty() ? parts->path_and_query : std::string("/");
    std::string header;
    for (auto const* item = list; item; item = item->next) {
        Cookie const cookie{std::string_view(item->data)};
        if (!cookie.fits(url.starts_with("https://"), path, std::time(nullptr))) continue;
        header += (header.empty() ? "" : "; ") + std::string(cookie.fields[Cookie::name]) + "=" +
                  std::string(cookie.fields[Cookie::value]);
    }
    return header;
}

} // namespace learning_loop::http
