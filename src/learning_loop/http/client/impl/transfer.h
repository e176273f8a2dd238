#pragma once

#include "learning_loop/http/client/client.h"
#include "learning_loop/http/client/impl/answer_head.h"
#include "learning_loop/http/client/impl/download_file.h"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace learning_loop::http {

/// A file descriptor, closed when it goes.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    int get() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_ = -1;
};

/// What a client asks for.
struct TransferRequest {
    std::string method; ///< CONNECT: only a connection is wanted.
    std::string url;
    Headers headers;
    std::variant<std::monostate, std::string, std::vector<FormPart>> body;
    std::chrono::seconds stall_timeout{};
    std::uintmax_t max_bytes = 0;      ///< Of a 200's body.
    std::shared_ptr<DownloadFile> file; ///< Takes a 200's body, if there is one. shared: with the call that goes on.
    ProgressReport progress;            ///< Called on the transfers' thread.
    bool once = false;                  ///< See CallOptions.

    std::string where() const { return url.substr(0, url.find('?')); } ///< For people: queries hold secrets.
};

struct Outcome {
    Result<Answer> answer;
    bool broke_off = false;     ///< The connection did, or never came about: the next try may fare better.
    Descriptor connection = {}; ///< That was wanted.
};

/// One request and its answer, on a libcurl handle of its own. But for the constructor all of it happens on the
/// transfers' thread. What it throws is a broken world.
class Transfer {
public:
    Transfer(ClientSettings const& settings, CURLSH* cookies, TransferRequest request);
    Transfer(Transfer const&) = delete;
    Transfer& operator=(Transfer const&) = delete;

    /// The handle, ready to go. not_found: a file to upload cannot be read.
    Result<CURL*> begin();
    /// What came of it, while libcurl still knows its connection; `end` is to follow.
    void keep_connection();
    Outcome end(CURLcode code);
    void abandon(); ///< Gives back what it holds; nobody wants its answer any more.

private:
    static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* self);
    static int on_request(void* self, char* ip, char* own_ip, int port, int own_port);
    static int on_progress(void* self, curl_off_t to_come, curl_off_t came, curl_off_t to_send, curl_off_t sent);

    void set_connection();
    void want_connection(bool is_local);
    void set_request();
    Result<void> set_form(std::vector<FormPart> const& parts);
    Result<void> take_header(std::string_view line);
    Result<void> take_body(std::string_view bytes);
    Result<void> take_file(std::string_view bytes);
    Result<void> begin_file();
    Result<void> check_whole_file() const;
    template <class Take>
    std::size_t taken(std::size_t bytes, Take take);
    Error failure_of(CURLcode code) const;
    Result<Answer> whole_answer();
    void report(Progress progress);

    using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;
    using Mime = std::unique_ptr<curl_mime, void (*)(curl_mime*)>;

    ClientSettings const& settings_;
    CURLSH* cookies_;
    TransferRequest request_;
    std::unique_ptr<CURL, void (*)(CURL*)> curl_{nullptr, curl_easy_cleanup};
    List headers_{nullptr, curl_slist_free_all};
    Mime mime_{nullptr, curl_mime_free};
    std::array<char, CURL_ERROR_SIZE> detail_{}; ///< Of a failure, in libcurl's words.
    AnswerHead head_;
    std::size_t head_bytes_ = 0;
    std::size_t dropped_bytes_ = 0; ///< Of an error's long body.
    bool is_sent_ = false;
    bool is_broken_off_ = false;    ///< And was to be sent only once.
    bool has_enough_ = false;       ///< An error's body goes on and on: its status is all that counts.
    bool file_has_begun_ = false;
    Answer answer_;
    std::optional<Error> refusal_; ///< Why this side does not go on.
    Descriptor connection_;
    std::exception_ptr thrown_;
    std::chrono::steady_clock::time_point last_report_{};
};

} // namespace learning_loop::http
