#include "learning_loop/http/client/impl/transfer.h"

#include "learning_loop/http/client/impl/tls_check.h"

#include <fcntl.h>

#include <algorithm>

namespace learning_loop::http {
namespace {

constexpr std::size_t max_error_bytes = 64 * 1024;    // that are kept
constexpr std::size_t max_dropped_bytes = 256 * 1024; // so that the connection can be used again
constexpr std::size_t max_head_bytes = 256 * 1024;    // interim answers included

std::string seconds_text(std::chrono::seconds time)
{
    return std::to_string(time.count()) + " s";
}

} // namespace

Transfer::Transfer(ClientOptions const& options, CURLSH* cookies, TransferRequest request)
    : options_(options), cookies_(cookies), request_(std::move(request))
{}

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
        outcome.answer = finish_answer();
        outcome.broke_off = !outcome.answer && !refusal_;
    } else if (!refusal_) {
        outcome.broke_off = code != CURLE_PEER_FAILED_VERIFICATION && code != CURLE_UNSUPPORTED_PROTOCOL;
    }
    return outcome;
}

Result<Answer> Transfer::finish_answer()
{
    // To libcurl, the end of the connection is the end of the head, too.
    if (!head_.is_whole) return Error{Errc::unavailable, request_.where() + ": the answer breaks off in its head"};
    answer_.status = head_.status;
    answer_.retry_after = head_.retry_after;
    answer_.location = std::move(head_.location);
    if (request_.file) {
        if (head_.status == 200 && !file_has_begun_) { // it is empty
            if (auto const begun = begin_file(); !begun) return *(refusal_ = begun.error());
        }
        if (auto const whole = check_whole_file(); !whole) return whole.error();
        if (file_has_begun_) answer_.status = 200; // also if only the rest was asked for
    }
    return std::move(answer_);
}

void Transfer::abandon()
{
    mime_.reset();
    curl_.reset();
}

Error Transfer::failure_of(CURLcode code) const
{
    if (refusal_) return {refusal_->code, request_.where() + ": " + refusal_->message};
    auto what = tls_problem(curl_.get(), code, detail_.data());
    if (what.empty() && code == CURLE_OPERATION_TIMEDOUT) {
        curl_off_t connected = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_PRETRANSFER_TIME_T, &connected);
        what = connected == 0 ? "cannot be reached within " + seconds_text(options_.connect_timeout)
                              : "stalls: less than " + std::to_string(options_.min_rate) + " bytes a second for " +
                                    seconds_text(request_.stall_timeout);
    }
    if (is_broken_off_) what = "the connection broke off before an answer";
    if (what.empty()) what = curl_easy_strerror(code);
    return {Errc::unavailable, request_.where() + ": " + what};
}

/// Calls `take` with what libcurl has. Returns what the callback must return: all bytes, or another number, which ends
/// the transfer.
template <class Take>
std::size_t Transfer::pass_on(std::size_t bytes, Take take)
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
    return transfer.pass_on(bytes, [&] { return transfer.take_header({data, bytes}); });
}

std::size_t Transfer::on_body(char* data, std::size_t, std::size_t bytes, void* self)
{
    auto& transfer = *static_cast<Transfer*>(self);
    auto const used = transfer.pass_on(bytes, [&] { return transfer.take_body({data, bytes}); });
    return transfer.has_enough_ ? 0 : used;
}

/// What is sent counts if there is a body to send, else what comes.
int Transfer::on_progress(void* self, curl_off_t to_receive, curl_off_t received, curl_off_t to_send, curl_off_t sent)
{
    auto& progress = *static_cast<Transfer*>(self)->request_.progress;
    progress.all_bytes = static_cast<std::uint64_t>(to_send > 0 ? to_send : to_receive);
    progress.bytes = static_cast<std::uint64_t>(to_send > 0 ? sent : received);
    return 0;
}

/// If a connection that was used before ends without an answer, libcurl sends every request again by itself. But the
/// server may have taken it the first time.
int Transfer::on_request(void* self, char*, char*, int, int)
{
    auto& transfer = *static_cast<Transfer*>(self);
    bool const is_again = std::exchange(transfer.is_sent_, true);
    transfer.is_broken_off_ = is_again && transfer.request_.once;
    return transfer.is_broken_off_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
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

/// Checks the head of an answer whose body goes to disk, which begins the file or goes on where the last answer broke
/// off.
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
    if (!head_.has_end()) return Error{Errc::unavailable, "the answer does not tell how long it is"};
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
    auto const max_bytes = request_.max_bytes;
    if (std::max<std::uint64_t>(file.total, file.bytes() + bytes.size()) > max_bytes)
        return Error{Errc::too_large, "the answer is longer than " + std::to_string(max_bytes) + " bytes"};
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
