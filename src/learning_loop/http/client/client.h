#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/task.h"
#include "learning_loop/http/message.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace learning_loop::http {

struct ClientSettings {
    std::string base_url;     ///< As `http://127.0.0.1:8000`; paths are appended.
    std::string ca_file;      ///< Empty: the system's certificates. The host name is always verified.
    std::string bearer_token; ///< Empty: none.
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds stall_timeout{20};    ///< Longest time with less than `min_rate`; there is no total one.
    int min_rate = 500;                      ///< Bytes a second, of what is sent or of what comes.
    std::size_t max_answer_bytes = 64u << 20; ///< Of an answer that is held in memory.
    int max_at_once = 16;                     ///< Calls, each with a connection; more of them wait for their turn.
    std::chrono::milliseconds first_resume_wait{2000}; ///< Before a download goes on; later waits are longer.
};

/// A file to upload, read from disk while it is sent, or a text.
struct FormPart {
    std::string name;
    std::string file_name; ///< Empty: a plain field.
    std::string content_type;
    std::variant<std::string, std::filesystem::path> content;
};

/// How far a transfer has come.
struct Progress {
    std::uint64_t bytes = 0;
    std::uint64_t total_bytes = 0; ///< 0: not known.
};

/// Told on the io thread, a few times a second and never after the call has ended.
using ProgressReport = std::function<void(Progress)>;

struct Answer {
    int status = 0;
    std::string body;                    ///< Of any status but 200 only the first 64 KiB.
    std::chrono::seconds retry_after{0}; ///< As the header `Retry-After` asks, at most an hour; 0 without it.
    std::string location;                ///< Where a redirect points. It is never followed.
};

struct DownloadOptions {
    std::uintmax_t max_bytes = 0;
    ProgressReport progress;
};

/// What one call asks for beyond the settings of its client.
struct CallOptions {
    Headers headers;
    std::optional<std::chrono::seconds> stall_timeout;
    std::optional<std::size_t> max_answer_bytes;
    bool once = false; ///< It must not reach the server twice: fails when a connection that was used before breaks off.
};

class Transfers;
struct TransferRequest;
class DownloadFile;

/// An HTTP client for one server: keeps its connections and its cookies. Calls may run at the same time; each goes on
/// on a thread of the client's own and ends promptly when its task is cancelled. Redirects are not followed, nothing is
/// decompressed. Every call: unavailable when the server cannot be reached, is not who it should be, breaks off or
/// stalls, with the reason in words; too_large when a 200's body is longer than allowed.
class Client {
public:
    explicit Client(ClientSettings settings);
    ~Client(); ///< Ends what still runs.
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    Task<Result<Answer>> get(std::string path, CallOptions options = {});
    Task<Result<Answer>> post_text(std::string path, std::string body, CallOptions options = {});
    Task<Result<Answer>> post_json(std::string path, std::string body, CallOptions options = {});
    Task<Result<Answer>> post_form(std::string path, std::vector<std::pair<std::string, std::string>> fields);

    /// not_found: a file cannot be read.
    Task<Result<Answer>> post_files(std::string path, std::vector<FormPart> parts, ProgressReport progress = {});
    Task<Result<Answer>> put_files(std::string path, std::vector<FormPart> parts, ProgressReport progress = {});

    /// Writes a 200's body to `<file>.part` and, once it is whole and on the disk, gives it its name. Goes on where a
    /// connection broke, as long as it is the same content (ETag) and something comes. Any other answer makes no file.
    /// out_of_space: the disk is full.
    Task<Result<Answer>> download(std::string path, std::filesystem::path file, DownloadOptions options);

    std::string const& base_url() const { return settings_.base_url; }

    /// A connection to the server, for another protocol than HTTP; through the proxy that the environment names. No TLS
    /// is on it yet. unavailable: it cannot be reached.
    Task<Result<boost::asio::ip::tcp::socket>> connect();

    /// What TLS on such a connection needs; nullptr: the server speaks none. invalid_argument: the CA file is no good.
    Task<Result<std::shared_ptr<boost::asio::ssl::context>>> tls();

    ClientSettings const& settings() const { return settings_; }

    /// The cookies that a request for `path` would carry, as the value of a header; empty: none.
    std::string cookies_for(std::string_view path) const;

private:
    TransferRequest request(std::string method, std::string const& path, CallOptions options) const;
    Task<Result<Answer>> post(std::string path, std::string body, CallOptions options);
    Task<Result<Answer>> form(TransferRequest request, std::vector<FormPart> parts, ProgressReport progress);
    Task<Result<Answer>> fetched(TransferRequest request);

    ClientSettings settings_;
    std::unique_ptr<Transfers> transfers_;
    Lane files_{"files of a client"};
};

} // namespace learning_loop::http
