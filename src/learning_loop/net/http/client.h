#pragma once

#include "learning_loop/net/http/message.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace learning_loop::http {

struct ClientSettings {
    std::string base_url;     ///< As `http://127.0.0.1:8000`; paths are appended.
    std::string ca_file;      ///< Empty: the system's certificates. The host name is always verified.
    std::string bearer_token; ///< Empty: none.
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds stall_timeout{20}; ///< Longest time without a byte; there is no total one, links may be slow.
    std::size_t most_answer_bytes = 64u << 20; ///< Of an answer that is held in memory.
};

/// A file to upload, read from disk while it is sent, or a text.
struct FormPart {
    std::string name;
    std::string file_name; ///< Empty: a plain field.
    std::string content_type;
    std::variant<std::string, std::filesystem::path> content;
};

struct Answer {
    int status = 0;
    std::string body;
    std::chrono::seconds retry_after{0}; ///< As the header `Retry-After` asks, at most an hour; 0 without it.
};

/// An HTTP client for one server: keeps its connection and its cookies. Blocks: belongs to one lane. Redirects are not
/// followed. Every call: unavailable when the server cannot be reached, breaks off or stalls, with the reason in words.
class Client {
public:
    explicit Client(ClientSettings settings);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    Result<Answer> get(std::string const& path);
    Result<Answer> post_json(std::string const& path, std::string const& body);
    Result<Answer> post_form(std::string const& path, std::vector<std::pair<std::string, std::string>> const& fields);
    Result<Answer> post_files(std::string const& path, std::vector<FormPart> const& parts);

    /// Writes a 200's body to a new file; any other answer's body is in the Answer. too_large: longer than
    /// `most_bytes`.
    Result<Answer> download(std::string const& path, std::filesystem::path const& file, std::uintmax_t most_bytes);

    /// Ends the call that runs, and every later one until `allow`, with unavailable. From any thread.
    void cancel() { cancelled_ = true; }
    void allow() { cancelled_ = false; }

private:
    struct Call;

    Result<Answer> perform(Call& call);

    ClientSettings settings_;
    std::atomic<bool> cancelled_ = false;
    std::unique_ptr<void, void (*)(void*)> curl_;
};

} // namespace learning_loop::http
