#include "learning_loop/net/http/client.h"

#include "learning_loop/base/files.h"
#include "learning_loop/net/http/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>

namespace learning_loop::http {
namespace {

constexpr std::size_t most_error_bytes = 64 * 1024;

using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;
using Mime = std::unique_ptr<curl_mime, void (*)(curl_mime*)>;

struct GlobalInit {
    GlobalInit() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

template <class Value>
void set(CURL* curl, CURLoption option, Value value)
{
    if (auto const code = curl_easy_setopt(curl, option, value); code != CURLE_OK)
        throw std::runtime_error(curl_easy_strerror(code));
}

/// Seconds; an HTTP date there is treated as no wish at all.
std::chrono::seconds retry_after(std::string_view value)
{
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    long seconds = 0;
    std::from_chars(value.data(), value.data() + value.size(), seconds);
    return std::chrono::seconds(std::clamp(seconds, 0L, 3600L));
}

} // namespace

struct Client::Call {
    Client* client;
    std::string path;
    Answer answer;
    std::size_t most_bytes;
    std::ofstream file; ///< Open when a 200's body goes to disk.
    std::uintmax_t file_bytes = 0;
    bool too_long = false;
    bool disk_full = false;

    CURL* curl() const { return client->curl_.get(); }

    static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self)
    {
        auto& call = *static_cast<Call*>(self);
        std::string_view const line(data, bytes);
        if (line.starts_with("HTTP/")) call.answer.retry_after = {}; // an interim answer came first
        if (auto const colon = line.find(':');
            colon != std::string_view::npos && same_name(line.substr(0, colon), "Retry-After")) {
            call.answer.retry_after = retry_after(line.substr(colon + 1));
        }
        return bytes;
    }

    static std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* self)
    {
        auto& call = *static_cast<Call*>(self);
        long status = 0;
        curl_easy_getinfo(call.curl(), CURLINFO_RESPONSE_CODE, &status);
        if (status == 200 && call.file.is_open()) return call.to_file({data, bytes}) ? bytes : 0;
        if (status == 200) {
            call.too_long = call.answer.body.size() + bytes > call.most_bytes;
            if (!call.too_long) call.answer.body.append(data, bytes);
            return call.too_long ? 0 : bytes;
        }
        call.answer.body.append(
            data, std::min(bytes, most_error_bytes - std::min(most_error_bytes, call.answer.body.size())));
        return bytes;
    }

    bool to_file(std::string_view bytes)
    {
        file_bytes += bytes.size();
        too_long = file_bytes > most_bytes;
        if (!too_long) disk_full = !file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return !too_long && !disk_full;
    }

    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
    {
        return static_cast<Call*>(self)->client->cancelled_ ? 1 : 0;
    }
};

Client::Client(ClientSettings settings) : settings_(std::move(settings)), curl_(nullptr, curl_easy_cleanup)
{
    static GlobalInit const once;
    curl_.reset(curl_easy_init());
    if (!curl_) throw std::runtime_error("libcurl could not be started");
    // A comment is no cookie, but from now on they are kept, across resets. CURLOPT_COOKIEFILE would leak at the first.
    set(curl_.get(), CURLOPT_COOKIELIST, "#");
}

Client::~Client() = default;

Result<Answer> Client::perform(Call& call)
{
    auto* const curl = curl_.get();
    auto const url = settings_.base_url + call.path;
    set(curl, CURLOPT_URL, url.c_str());
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    set(curl, CURLOPT_USERAGENT, "learning-loop");
    set(curl, CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::chrono::milliseconds(settings_.connect_timeout).count()));
    set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings_.stall_timeout.count()));
    if (!settings_.ca_file.empty()) set(curl, CURLOPT_CAINFO, settings_.ca_file.c_str());
    if (!settings_.bearer_token.empty()) {
        set(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        set(curl, CURLOPT_XOAUTH2_BEARER, settings_.bearer_token.c_str());
    }
    set(curl, CURLOPT_HEADERFUNCTION, &Call::on_header);
    set(curl, CURLOPT_HEADERDATA, static_cast<void*>(&call));
    set(curl, CURLOPT_WRITEFUNCTION, &Call::on_body);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&call));
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_XFERINFOFUNCTION, &Call::on_progress);
    set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(&call));

    auto const code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_reset(curl); // options only: the connection and the cookies stay
    call.answer.status = static_cast<int>(status);
    if (code == CURLE_OK) return std::move(call.answer);
    auto const what = settings_.base_url + call.path;
    if (call.too_long)
        return Error{Errc::too_large,
                     what + ": the answer is longer than " + std::to_string(call.most_bytes) + " bytes"};
    if (call.disk_full) return Error{Errc::out_of_space, what + ": the disk is full"};
    if (cancelled_) return Error{Errc::unavailable, what + ": was ended from this side"};
    return Error{Errc::unavailable, what + ": " + curl_easy_strerror(code)};
}

Result<Answer> Client::get(std::string const& path)
{
    Call call{this, path, {}, settings_.most_answer_bytes, {}};
    set(curl_.get(), CURLOPT_HTTPGET, 1L);
    return perform(call);
}

Result<Answer> Client::post_json(std::string const& path, std::string const& body)
{
    Call call{this, path, {}, settings_.most_answer_bytes, {}};
    List const headers(curl_slist_append(nullptr, "Content-Type: application/json"), curl_slist_free_all);
    set(curl_.get(), CURLOPT_HTTPHEADER, headers.get());
    set(curl_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(curl_.get(), CURLOPT_POSTFIELDS, body.c_str());
    return perform(call);
}

Result<Answer> Client::post_form(std::string const& path,
                                 std::vector<std::pair<std::string, std::string>> const& fields)
{
    Call call{this, path, {}, settings_.most_answer_bytes, {}};
    std::string body;
    for (auto const& [name, value] : fields) {
        body += (body.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    }
    set(curl_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(curl_.get(), CURLOPT_POSTFIELDS, body.c_str());
    return perform(call);
}

Result<Answer> Client::post_files(std::string const& path, std::vector<FormPart> const& parts)
{
    Call call{this, path, {}, settings_.most_answer_bytes, {}};
    Mime const mime(curl_mime_init(curl_.get()), curl_mime_free);
    for (auto const& part : parts) {
        auto* const mime_part = curl_mime_addpart(mime.get());
        auto code = curl_mime_name(mime_part, part.name.c_str());
        if (auto const* file = std::get_if<std::filesystem::path>(&part.content)) {
            if (code == CURLE_OK) code = curl_mime_filedata(mime_part, file->c_str());
        } else {
            auto const& text = std::get<std::string>(part.content);
            if (code == CURLE_OK) code = curl_mime_data(mime_part, text.data(), text.size());
        }
        if (code == CURLE_OK && !part.file_name.empty()) code = curl_mime_filename(mime_part, part.file_name.c_str());
        if (code == CURLE_OK) code = curl_mime_type(mime_part, part.content_type.c_str());
        if (code != CURLE_OK) return Error{Errc::unavailable, part.file_name + ": " + curl_easy_strerror(code)};
    }
    set(curl_.get(), CURLOPT_MIMEPOST, mime.get());
    return perform(call);
}

Result<Answer> Client::download(std::string const& path, std::filesystem::path const& file, std::uintmax_t most_bytes)
{
    Call call{this, path, {}, most_bytes, std::ofstream(file, std::ios::binary | std::ios::trunc)};
    if (!call.file.is_open()) return Error{Errc::out_of_space, file.string() + ": cannot be made"};
    set(curl_.get(), CURLOPT_HTTPGET, 1L);
    auto answer = perform(call);
    call.file.close();
    if (answer && call.file.fail()) return Error{Errc::out_of_space, file.string() + ": the disk is full"};
    return answer;
}

} // namespace learning_loop::http
