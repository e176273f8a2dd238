#include "learning_loop/http/client/impl/transfer.h"

#include "learning_loop/settings/environment.h"
#include "learning_loop/http/client/impl/curl_option.h"
#include "learning_loop/http/client/impl/tls_check.h"
#include "learning_loop/http/loopback.h"

#include <algorithm>

#include <fcntl.h>
#include <unistd.h>

namespace learning_loop::http {
namespace {

constexpr std::size_t max_error_bytes = 64 * 1024;    // that are kept
constexpr std::size_t max_dropped_bytes = 256 * 1024; // for the sake of the connection
constexpr std::size_t max_head_bytes = 256 * 1024;    // interim answers included
constexpr std::chrono::milliseconds report_pause{100};

/// `[::1]` of `http://[::1]:8000/api`
std::string host_of(std::string_view url)
{
    auto const begin = std::min(url.find("://") + 3, url.size());
    auto const authority = url.substr(begin, std::min(url.find_first_of("/?", begin), url.size()) - begin);
    auto const port = authority.starts_with('[') ? authority.find("]:") + 1 : authority.find(':');
    return std::string(authority.substr(0, port));
}

std::string seconds_text(std::chrono::seconds time)
{
    return std::to_string(time.count()) + " s";
}

} // namespace

Descriptor::~Descriptor()
{
    if (number_ >= 0) ::close(number_);
}

Transfer::Transfer(ClientSettings const& settings, CURLSH* cookies, TransferRequest request)
    : settings_(settings), cookies_(cookies), request_(std::move(request))
{}

Result<CURL*> Transfer::begin()
{
    curl_.reset(curl_easy_init());
    if (!curl_) throw std::runtime_error("libcurl could not be started");
    set_connection();
    set_request();
    if (auto const* parts = std::get_if<std::vector<FormPart>>(&request_.body)) {
        if (auto const done = set_form(*parts); !done) return done.error();
    }
    return curl_.get();
}

void Transfer::set_connection()
{
    auto* const curl = curl_.get();
    set(curl, CURLOPT_SHARE, cookies_);
    set(curl, CURLOPT_COOKIEFILE, ""); // no file, but cookies are kept and sent
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_QUICK_EXIT, 1L); // a name that takes long to resolve holds nobody up
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(curl, CURLOPT_HTTP09_ALLOWED, 0L);
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(curl, CURLOPT_USERAGENT, "learning-loop");
    set(curl, CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::chrono::milliseconds(settings_.connect_timeout).count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(settings_.min_rate));
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
    // Proxies come from the environment, but none of them reaches what listens on this machine alone.
    bool const is_local = is_loopback(host_of(request_.url));
    if (is_local) set(curl, CURLOPT_PROXY, "");
    if (request_.method == "CONNECT") want_connection(is_local);
    set(curl, CURLOPT_ERRORBUFFER, detail_.data());
    verify_tls(curl, settings_.ca_file);
    if (!settings_.bearer_token.empty()) {
        set(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        set(curl, CURLOPT_XOAUTH2_BEARER, settings_.bearer_token.c_str());
    }
}

/// What goes over the connection is none of libcurl's business, and so it does not see that it is TLS.
void Transfer::want_connection(bool is_local)
{
    constexpr std::string_view secure = "https://";
    if (request_.url.starts_with(secure)) {
        auto authority = request_.url.substr(secure.size());
        bool const has_port = authority.find(':', authority.rfind(']') + 1) != std::string::npos;
        request_.url = "http://" + authority + (has_port ? "" : ":443");
        std::string proxy; // as libcurl itself does for what it knows to be TLS
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
    for (auto const& [name, value] : request_.headers.all()) {
        auto* const longer = curl_slist_append(headers_.get(), (name + ": " + value).c_str());
        if (!longer) throw std::bad_alloc();
        if (!headers_) headers_.reset(longer);
    }
    if (headers_) set(curl, CURLOPT_HTTPHEADER, headers_.get());
    if (auto const* body = std::get_if<std::string>(&request_.body)) {
        set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
        set(curl, CURLOPT_POSTFIELDS, body->c_str());
    }
    if (request_.method == "PUT") set(curl, CURLOPT_CUSTOMREQUEST, "PUT");
    set(curl, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(curl, CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(curl, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
    set(curl, CURLOPT_PREREQDATA, static_cast<void*>(this));
    if (!request_.progress) return;
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(this));
}

Result<void> Transfer::set_form(std::vector<FormPart> const& parts)
{
    mime_.reset(curl_mime_init(curl_.get()));
    for (auto const& part : parts) {
        auto* const to = curl_mime_addpart(mime_.get());
        auto code = curl_mime_name(to, part.name.c_str());
        if (auto const* file = std::get_if<std::filesystem::path>(&part.content)) {
            std::error_code unreadable;
            if (!std::filesystem::is_regular_file(*file, unreadable))
                return Error{Errc::not_found, file->string() + ": there is no such file"};
            if (code == CURLE_OK) code = curl_mime_filedata(to, file->c_str());
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

void Transfer::keep_connection()
{
    if (request_.method != "CONNECT") return;
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket);
    if (socket != CURL_SOCKET_BAD)
        connection_ = Descriptor(::fcntl(socket, F_DUPFD_CLOEXEC, 0)); // libcurl closes its own
}

Outcome Transfer::end(CURLcode code)
{
    if (thrown_) std::rethrow_exception(thrown_);
    auto outcome = Outcome{failure_of(code), false, std::move(connection_)};
    if (code == CURLE_OK && outcome.connection.get() >= 0) {
        outcome.answer = Answer();
    } else if (code == CURLE_OK || has_enough_) {
        outcome.answer = whole_answer();
        outcome.broke_off = !outcome.answer && !refusal_;
    } else if (!refusal_) {
        outcome.broke_off = code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_UNSUPPORTED_PROTOCOL;
    }
    return outcome;
}

Result<Answer> Transfer::whole_answer()
{
    // libcurl takes the end of the connection within a head for the end of the head.
    if (!head_.is_whole) return Error{Errc::unavailable, request_.where() + ": the answer breaks off in its head"};
    answer_.status = head_.status;
    answer_.retry_after = head_.retry_after;
    answer_.location = std::move(head_.location);
    if (auto const& file = request_.file) {
        if (head_.status == 200 && !file_has_begun_) { // it is empty
            if (auto const begun = begin_file(); !begun) return *(refusal_ = begun.error());
        }
        if (auto const whole = check_whole_file(); !whole) return whole.error();
        if (file_has_begun_) answer_.status = 200; // also when only the rest was asked for
        report({file->bytes(), file->bytes()});
    } else {
        curl_off_t sent = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
        report({static_cast<std::uint64_t>(sent), static_cast<std::uint64_t>(sent)});
    }
    return std::move(answer_);
}

void Transfer::abandon()
{
    mime_.reset();
    curl_.reset();
}

void Transfer::report(Progress progress)
{
    if (!request_.progress || progress.bytes == 0) return;
    last_report_ = std::chrono::steady_clock::now();
    request_.progress(progress);
}

Error Transfer::failure_of(CURLcode code) const
{
    if (refusal_) return {refusal_->code, request_.where() + ": " + refusal_->message};
    auto what = tls_problem(curl_.get(), code, detail_.data());
    if (what.empty() && code == CURLE_OPERATION_TIMEDOUT) {
        curl_off_t connected = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
        what = connected == 0 ? "cannot be reached within " + seconds_text(settings_.connect_timeout)
                              : "stalls: less than " + std::to_string(settings_.min_rate) + " bytes a second for " +
                                    seconds_text(request_.stall_timeout);
    }
    if (is_broken_off_) what = "the connection broke off before an answer";
    if (what.empty()) what = curl_easy_strerror(code);
    return {Errc::unavailable, request_.where() + ": " + what};
}

/// What a callback of libcurl returns: all bytes, or none to end the transfer.
template <class Take>
std::size_t Transfer::taken(std::size_t bytes, Take take)
{
    try {
        auto const done = take();
        if (done) return bytes;
        refusal_ = done.error();
    } catch (...) { // must not pass through libcurl
        thrown_ = std::current_exception();
    }
    return bytes > 0 ? 0 : 1;
}

std::size_t Transfer::on_header(char* data, std::size_t, std::size_t bytes, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.taken(bytes, [&] { return transfer.take_header({data, bytes}); });
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t bytes, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    auto const used = transfer.taken(bytes, [&] { return transfer.take_body({data, bytes}); });
    return transfer.has_enough_ ? 0 : used;
}

/// libcurl sends a request again by itself, whatever it is, when a connection that was used before ends without an
/// answer: but the server may have taken it.
int Transfer::on_request(void* self, char*, char*, int, int)
{
    auto& transfer = *static_cast<Transfer*>(self);
    bool const is_again = std::exchange(transfer.is_sent_, true) && transfer.head_.status != 417; // 417: without Expect
    transfer.is_broken_off_ = is_again && transfer.request_.once;
    return transfer.is_broken_off_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

int Transfer::on_progress(void* self, curl_off_t to_come, curl_off_t came, curl_off_t to_send, curl_off_t sent)
{
    auto& transfer = *static_cast<Transfer*>(self);
    auto const now = std::chrono::steady_clock::now();
    if (now - transfer.last_report_ < report_pause) return 0;
    Progress progress;
    if (auto const& file = transfer.request_.file) {
        if (!transfer.file_has_begun_) return 0;
        progress = {file->bytes(), file->total};
    } else {
        bool const is_upload = to_send > 0 || sent > 0;
        progress = {static_cast<std::uint64_t>(is_upload ? sent : came),
                    static_cast<std::uint64_t>(is_upload ? to_send : to_come)};
    }
    transfer.taken(1, [&] {
        transfer.report(progress);
        return Result<void>();
    });
    return transfer.thrown_ ? 1 : 0;
}

Result<void> Transfer::take_header(std::string_view line)
{
    head_bytes_ += line.size();
    if (head_bytes_ > max_head_bytes) return Error{Errc::unavailable, "the head of the answer is endless"};
    return head_.take(line);
}

Result<void> Transfer::take_body(std::string_view bytes)
{
    bool const goes_on = head_.status == 206 && request_.file && request_.file->bytes() > 0;
    if (request_.file && (head_.status == 200 || goes_on || file_has_begun_)) return take_file(bytes);
    auto& body = answer_.body;
    if (head_.status == 200) {
        if (body.size() + bytes.size() <= request_.max_bytes) return body.append(bytes), Result<void>();
        return Error{Errc::too_large, "the answer is longer than " + std::to_string(request_.max_bytes) + " bytes"};
    }
    auto const kept = std::min(bytes.size(), max_error_bytes - body.size());
    body.append(bytes.substr(0, kept));
    dropped_bytes_ += bytes.size() - kept;
    has_enough_ = dropped_bytes_ > max_dropped_bytes;
    return {};
}

/// Looks at the head of an answer whose body goes to disk: does it begin, or go on where the last one broke off?
Result<void> Transfer::begin_file()
{
    auto& file = *request_.file;
    file_has_begun_ = true;
    if (head_.is_encoded) return Error{Errc::unavailable, "the answer is compressed, which nobody asked for"};
    if (head_.status == 206) {
        auto const& range = head_.content_range;
        bool const goes_on = range && range->first == file.bytes() && head_.etag == file.etag;
        if (goes_on && (file.total == 0 || file.total == range->total))
            return file.total = range->total, Result<void>();
        return Error{Errc::unavailable, "the server goes on with other bytes than it was asked for"};
    }
    if (!head_.tells_its_end()) return Error{Errc::unavailable, "the answer does not tell how long it is"};
    if (auto const emptied = file.restart(); !emptied) return emptied;
    file.etag = head_.etag;
    file.total = head_.content_length.value_or(0);
    return {};
}

Result<void> Transfer::take_file(std::string_view bytes)
{
    if (!file_has_begun_) {
        if (auto const begun = begin_file(); !begun) return begun;
    }
    auto& file = *request_.file;
    auto const most = request_.max_bytes;
    if (std::max<std::uint64_t>(file.total, file.bytes() + bytes.size()) > most)
        return Error{Errc::too_large, "the answer is longer than " + std::to_string(most) + " bytes"};
    return file.append(bytes);
}

Result<void> Transfer::check_whole_file() const
{
    if (!request_.file || !file_has_begun_) return {};
    auto const& file = *request_.file;
    if (file.total == 0 || file.bytes() == file.total) return {};
    return Error{Errc::unavailable, request_.where() + ": " + std::to_string(file.bytes()) + " bytes came of " +
                                        std::to_string(file.total)};
}

} // namespace learning_loop::http
