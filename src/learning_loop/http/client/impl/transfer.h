#pragma once

#include "learning_loop/base/descriptor.h"
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

struct Url;

/// What a client asks for.
struct TransferRequest {
    std::string method; ///< CONNECT: only a connection is wanted.
    std::string url;
    Headers headers;
    std::variant<std::monostate, std::string, std::vector<FormPart>> body;
    std::chrono::seconds stall_timeout{};
    std::uintmax_t max_bytes = 0;               ///< Of a 200's body.
    std::shared_ptr<DownloadFile> file;         ///< Where a 200's body goes; nullptr: to memory. shared: with the call.
    bool once = false;                          ///< See CallOptions.
    std::shared_ptr<TransferProgress> progress; ///< nullptr: nobody asks. shared: with the caller.

    std::string where() const { return url.substr(0, url.find('?')); } ///< For people: the query may hold secrets.
};

struct Outcome {
    Result<Answer> answer;
    bool broke_off = false;  ///< The connection broke off, or there was none: another try may succeed.
    Descriptor connection{}; ///< The answer to a CONNECT.
};

/// One request and its answer, on a libcurl handle of its own. All functions but the constructor are called on the
/// transfers' thread.
class Transfer {
public:
    Transfer(ClientOptions const& options, CURLSH* cookies, TransferRequest request);
    Transfer(Transfer const&) = delete;
    Transfer& operator=(Transfer const&) = delete;

    /// Returns the handle, ready to be added to a multi handle. Errors: not_found if a file to upload cannot be read.
    /// invalid_argument if a connection is wanted and the URL is invalid.
    Result<CURL*> begin();

    /// To be called at the end while libcurl still knows the connection, before `end`.
    void keep_connection();

    /// Returns what came of the request. Throws what a callback threw.
    Outcome end(CURLcode code);

    void abandon(); ///< Frees the handle.

private:
    static std::size_t on_header(char* data, std::size_t, std::size_t bytes, void* self);
    static std::size_t on_body(char* data, std::size_t, std::size_t bytes, void* self);
    static int on_progress(void* self, curl_off_t to_receive, curl_off_t received, curl_off_t to_send, curl_off_t sent);
    static int on_request(void* self, char* ip, char* own_ip, int port, int own_port);

    Result<void> set_connection();
    void set_connect_only(Url const& url, bool is_local);
    void set_request();
    void add_header(std::string const& line);
    Result<void> set_form(std::vector<FormPart> const& parts);
    Result<void> take_header(std::string_view line);
    Result<void> take_body(std::string_view bytes);
    Result<void> take_file(std::string_view bytes);
    Result<void> begin_file();
    Result<void> check_whole_file() const;
    template <class Take>
    std::size_t pass_on(std::size_t bytes, Take take);
    Error failure_of(CURLcode code) const;
    Result<Answer> finish_answer();

    using List = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;
    using Mime = std::unique_ptr<curl_mime, void (*)(curl_mime*)>;

    ClientOptions const& options_;
    CURLSH* cookies_;
    TransferRequest request_;
    std::unique_ptr<CURL, void (*)(CURL*)> curl_{nullptr, curl_easy_cleanup};
    List headers_{nullptr, curl_slist_free_all};
    Mime mime_{nullptr, curl_mime_free};
    std::array<char, CURL_ERROR_SIZE> detail_{}; ///< libcurl's message about a failure.
    AnswerHead head_;
    std::size_t head_bytes_ = 0;
    std::size_t dropped_bytes_ = 0; ///< Of the long body of an error.
    bool is_sent_ = false;
    bool is_broken_off_ = false; ///< It would have to be sent again, and must be sent only once.
    bool has_enough_ = false;    ///< The body of an error does not end: only its status counts.
    bool file_has_begun_ = false;
    Answer answer_;
    std::optional<Error> refusal_; ///< Why this side ended the transfer.
    Descriptor connection_;
    std::exception_ptr thrown_;
};

} // namespace learning_loop::http
