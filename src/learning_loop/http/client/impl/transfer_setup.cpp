#include "learning_loop/http/client/impl/transfer.h"

#include "learning_loop/http/client/impl/curl_option.h"
#include "learning_loop/http/client/impl/form_file.h"
#include "learning_loop/http/client/impl/tls_check.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/url.h"
#include "learning_loop/settings/environment.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <new>
#include <stdexcept>

// How a transfer begins: what libcurl is told about the connection and the request.

namespace learning_loop::http {
namespace {

/// For libcurl a byte is sent once the system has it. A socket's buffer may hold what takes a slow link a minute, in
/// which libcurl would see no progress, and give the transfer up. What is on its way is not limited by this.
int keep_unsent_bytes_few(void*, curl_socket_t socket, curlsocktype)
{
    constexpr int max_unsent_bytes = 16 * 1024;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &max_unsent_bytes, sizeof max_unsent_bytes);
    return CURL_SOCKOPT_OK;
}

} // namespace

Result<CURL*> Transfer::begin()
{
    curl_.reset(curl_easy_init());
    if (!curl_) throw std::runtime_error("libcurl could not be started");
    if (auto const done = set_connection(); !done) return done.error();
    set_request();
    if (auto const* parts = std::get_if<std::vector<FormPart>>(&request_.body)) {
        if (auto const done = set_form(*parts); !done) return done.error();
    }
    return curl_.get();
}

Result<void> Transfer::set_connection()
{
    auto* const curl = curl_.get();
    set(curl, CURLOPT_SHARE, cookies_);
    set(curl, CURLOPT_COOKIEFILE, ""); // no file, but cookies are kept and sent
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_QUICK_EXIT, 1L); // a name that takes long to resolve must not delay the end of the program
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(curl, CURLOPT_USERAGENT, "learning-loop");
    set(curl, CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::chrono::milliseconds(options_.connect_timeout).count()));
    set(curl, CURLOPT_SOCKOPTFUNCTION, &keep_unsent_bytes_few);
    set(curl, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(options_.min_rate));
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
    // Proxies come from the environment, but no proxy can reach what listens on loopback.
    auto const url = parse_url(request_.url);
    bool const is_local = url && is_loopback(url->authority.host);
    if (is_local) set(curl, CURLOPT_PROXY, "");
    if (request_.method == "CONNECT") {
        if (!url) return Error{Errc::invalid_argument, request_.where() + ": is no URL of a server"};
        set_connect_only(*url, is_local);
    }
    set(curl, CURLOPT_ERRORBUFFER, detail_.data());
    verify_tls(curl, options_.ca_file);
    if (!options_.bearer_token.empty()) {
        set(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        set(curl, CURLOPT_XOAUTH2_BEARER, options_.bearer_token.c_str());
    }
    return {};
}

/// Asks for a connection alone. TLS on it is made later and not by libcurl, which gets an http URL.
void Transfer::set_connect_only(Url const& url, bool is_local)
{
    if (url.scheme == "https") {
        request_.url = "http://" + url.authority_text + (url.authority.port ? "" : ":443") + url.path_and_query;
        std::string proxy; // that which libcurl would take for an https URL
        for (auto const* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
            if (proxy.empty()) proxy = environment(name);
        }
        if (!is_local) set(curl_.get(), CURLOPT_PROXY, proxy.c_str());
    }
    set(curl_.get(), CURLOPT_CONNECT_ONLY, 1L);
    set(curl_.get(), CURLOPT_HTTPPROXYTUNNEL, 1L);
}

void Transfer::set_request()
{
    auto* const curl = curl_.get();
    set(curl, CURLOPT_URL, request_.url.c_str());
    add_header("Expect:"); // none: a server that does not know it costs a second, one that refuses it the request
    for (auto const& [name, value] : request_.headers.all())
        add_header(value.empty() ? name + ";" : name + ": " + value); // curl takes `name:` for one not to be sent
    set(curl, CURLOPT_HTTPHEADER, headers_.get());
    if (request_.method == "PUT") set(curl, CURLOPT_CUSTOMREQUEST, "PUT"); // the body decides on GET and POST
    if (auto const* body = std::get_if<std::string>(&request_.body)) {
        set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        set(curl, CURLOPT_POSTFIELDS, body->c_str());
    }
    set(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(curl, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(this));
    if (request_.progress) {
        set(curl, CURLOPT_NOPROGRESS, 0L);
        set(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
        set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(this));
    }
    set(curl, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
    set(curl, CURLOPT_PREREQDATA, static_cast<void*>(this));
}

void Transfer::add_header(std::string const& line)
{
    auto* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (!longer) throw std::bad_alloc();
    if (!headers_) headers_.reset(longer);
}

Result<void> Transfer::set_form(std::vector<FormPart> const& parts)
{
    mime_.reset(curl_mime_init(curl_.get()));
    for (auto const& part : parts) {
        auto* const to = curl_mime_addpart(mime_.get());
        auto code = curl_mime_name(to, part.name.c_str());
        if (auto const* file = std::get_if<std::filesystem::path>(&part.content)) {
            if (auto const is_set = FormFile::set(to, *file, refusal_); !is_set) return is_set;
        } else if (code == CURLE_OK) {
            auto const& text = std::get<std::string>(part.content);
            code = curl_mime_data(to, text.data(), text.size());
        }
        if (code == CURLE_OK && !part.file_name.empty()) code = curl_mime_filename(to, part.file_name.c_str());
        if (code == CURLE_OK) code = curl_mime_type(to, part.content_type.c_str());
        if (code != CURLE_OK) return Error{Errc::unavailable, part.file_name + ": " + curl_easy_strerror(code)};
    }
    set(curl_.get(), CURLOPT_MIMEPOST, mime_.get());
    return {};
}

} // namespace learning_loop::http
