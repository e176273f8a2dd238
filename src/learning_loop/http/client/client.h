#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/http/message.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace learning_loop::http {

struct ClientOptions {
    std::string base_url;     ///< As `http://127.0.0.1:8000`; the paths of calls are appended.
    std::string ca_file;      ///< PEM; the only authorities to trust. Empty: the system's.
    std::string bearer_token; ///< Empty: none.
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds stall_timeout{20};   ///< Longest time below `min_rate`. The whole call may take any time.
    int min_rate = 500;                       ///< Bytes a second, in either direction.
    std::size_t max_answer_bytes = 64u << 20; ///< Of an answer in memory.
    int max_at_once = 16;                     ///< Calls, each with a connection; more of them wait.
    std::chrono::milliseconds first_resume_wait{2000}; ///< Before a download goes on; later waits get longer.
};

/// A part of a form: a text, or a file, which is read while it is sent.
struct FormPart {
    std::string name;
    std::string file_name; ///< Empty: a plain field.
    std::string content_type;
    std::variant<std::string, std::filesystem::path> content;
};

struct Answer {
    int status = 0;
    std::string body;                    ///< If the status is not 200, only its first 64 KiB.
    std::chrono::seconds retry_after{0}; ///< Of the header `Retry-After`, at most an hour; 0: there is none.
    std::string location;                ///< Where a redirect points. It is never followed.
};

/// How far a long transfer has come. One thread writes, any may read.
struct TransferProgress {
    std::atomic<std::uint64_t> bytes = 0;
    std::atomic<std::uint64_t> all_bytes = 0; ///< 0: not known.

    std::optional<double> fraction() const; ///< 0 to 1; nullopt: not known.
};

struct DownloadOptions {
    std::uintmax_t max_bytes = 0;                 ///< Of the file.
    std::shared_ptr<TransferProgress> progress{}; ///< nullptr: nobody asks. // shared: with the client's thread
};

/// What one call needs beyond the options of its client.
struct CallOptions {
    Headers headers;
    std::optional<std::chrono::seconds> stall_timeout;
    std::optional<std::size_t> max_answer_bytes;
    std::shared_ptr<TransferProgress> progress{}; ///< Of what is sent; nullptr: nobody asks. // shared: as above
    bool once = false; ///< Must not reach the server twice: fails if a connection that was used before breaks off.
};

class Transfers;
struct TransferRequest;
class DownloadFile;

/// An HTTP client for one server, which keeps its connections and cookies. Calls may run at the same time, on a thread
/// of the client's own; a call ends promptly when its task is cancelled. Redirects are not followed and nothing is
/// decompressed. Errors of every call: unavailable if the server cannot be reached, cannot prove that it is the right
/// one, breaks off or stalls; the message tells the reason. too_large if the body of a 200 is longer than allowed.
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client(); ///< Ends the calls that still run.
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    Task<Result<Answer>> get(std::string path, CallOptions options = {});
    Task<Result<Answer>> post_text(std::string path, std::string body, CallOptions options = {});
    Task<Result<Answer>> post_json(std::string path, std::string body, CallOptions options = {});
    Task<Result<Answer>> post_form(std::string path, std::vector<std::pair<std::string, std::string>> fields);

    /// Errors of both: also not_found if a file cannot be read.
    Task<Result<Answer>> post_files(std::string path, std::vector<FormPart> parts, CallOptions options = {});
    Task<Result<Answer>> put_files(std::string path, std::vector<FormPart> parts, CallOptions options = {});

    /// Writes the body of a 200 to `<file>.part`, and renames that once it is complete and on the disk. If the
    /// connection breaks off, the download goes on where it was, as long as the content is the same (ETag) and more of
    /// it comes. For any other answer there is no file. Errors: also out_of_space if the disk is full.
    Task<Result<Answer>> download(std::string path, std::filesystem::path file, DownloadOptions options);

    std::string const& base_url() const { return options_.base_url; }

    /// Opens a connection to the server, for another protocol than HTTP, through the proxy that the environment names.
    /// It has no TLS yet. Errors: unavailable if the server cannot be reached. invalid_argument if `base_url` is
    /// invalid.
    Task<Result<boost::asio::ip::tcp::socket>> connect();

    /// Loads what TLS on such a connection needs; nullptr: the server has no TLS. Errors: invalid_argument if the CA
    /// file cannot be read.
    Task<Result<std::shared_ptr<boost::asio::ssl::context>>> load_tls();

    ClientOptions const& options() const { return options_; }

    /// The cookies of a request for `path`, as the value of a header; empty: none.
    std::string cookies_for(std::string_view path) const;

private:
    TransferRequest request(std::string method, std::string const& path, CallOptions options) const;
    Task<Result<Answer>> post(std::string path, std::string body, CallOptions options);
    Task<Result<Answer>> send(TransferRequest request);
    Task<Result<Answer>> fetch(TransferRequest request);

    ClientOptions options_;
    std::unique_ptr<Transfers> transfers_;
    Lane files_{"files of a client"};
};

} // namespace learning_loop::http
