#include "learning_loop/http/server/answer_writer.h"

#include "learning_loop/http/conditional.h"

#include <boost/beast/http/status.hpp>

#include <sys/stat.h>

#include <array>
#include <ctime>
#include <fstream>
#include <memory>

namespace learning_loop::http {
namespace {

constexpr std::size_t one_packet_bytes = 16 * 1024;
constexpr std::size_t file_piece_bytes = 256 * 1024;
constexpr std::size_t small_piece_bytes = 32 * 1024;
constexpr int few_readers = 8;

std::string_view reason(int status)
{
    auto const text = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    return {text.data(), text.size()};
}

/// The value of the header Date, which is formatted once a second.
std::string_view date_now()
{
    static thread_local std::time_t made_at = 0;
    static thread_local std::array<char, 40> text{};
    static thread_local std::size_t length = 0;
    if (auto const now = std::time(nullptr); now != made_at) {
        std::tm parts{};
        gmtime_r(&now, &parts);
        length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        made_at = now;
    }
    return {text.data(), length};
}

struct OpenFile {
    std::shared_ptr<std::ifstream> stream; // shared: with the jobs that read it, one after another
    std::uint64_t bytes;
    std::string etag;
};

Result<OpenFile> open_file(FileBody const& body)
{
    struct stat facts {};
    auto stream = std::make_shared<std::ifstream>(body.file, std::ios::binary);
    if (!*stream || ::stat(body.file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode))
        return Error{Errc::not_found, "the file is gone"};
    auto etag = body.etag;
    if (etag.empty()) {
        etag = "\"" + std::to_string(facts.st_size) + "-" + std::to_string(facts.st_mtim.tv_sec) + "-" +
               std::to_string(facts.st_mtim.tv_nsec) + "\"";
    }
    return OpenFile{std::move(stream), static_cast<std::uint64_t>(facts.st_size), std::move(etag)};
}

std::string in_hex(std::size_t number)
{
    std::array<char, 17> text{};
    auto const length = std::snprintf(text.data(), text.size(), "%zx", number);
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string length_header(std::uint64_t bytes)
{
    return "\r\nContent-Length: " + std::to_string(bytes);
}

} // namespace

std::string AnswerWriter::head_of(Request const& request, Response const& response, std::string_view framing) const
{
    std::string head;
    head.reserve(512);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ").append(reason(response.status));
    head.append("\r\nDate: ").append(date_now());
    if (!response.content_type.empty() && response.status != 204 && response.status != 304)
        head.append("\r\nContent-Type: ").append(response.content_type);
    head.append(framing);
    head.append("\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: ").append(request.id);
    head.append(keeps_connection ? "\r\nConnection: keep-alive" : "\r\nConnection: close");
    for (auto const& [name, value] : response.headers.all()) {
        if (value.find_first_of("\r\n") != std::string::npos)
            throw std::logic_error("a line break in the header " + name);
        head.append("\r\n").append(name).append(": ").append(value);
    }
    return head.append("\r\n\r\n");
}

Task<> AnswerWriter::write(Request const& request, Response response)
{
    status_ = response.status;
    wire_.enter(Wire::Phase::answer);
    if (auto* file = std::get_if<FileBody>(&response.body)) {
        auto body = std::move(*file);
        co_await write_file(request, std::move(response), std::move(body));
    } else if (auto* stream = std::get_if<StreamBody>(&response.body)) {
        auto body = std::move(*stream);
        co_await write_stream(request, std::move(response), std::move(body));
    } else {
        co_await write_text(request, response, std::get<std::string>(response.body));
    }
}

Task<> AnswerWriter::write_text(Request const& request, Response const& response, std::string const& body)
{
    bool const no_length = response.status == 204 || response.status == 304;
    auto head = head_of(request, response, no_length ? "" : length_header(body.size()));
    bool const without_body = head_only || no_length;
    if (!without_body) body_bytes_ = body.size();
    if (!without_body && body.size() <= one_packet_bytes) co_await wire_.write(head.append(body));
    else co_await wire_.write(head, without_body ? std::string_view() : std::string_view(body));
}

Task<> AnswerWriter::write_file(Request const& request, Response response, FileBody body)
{
    auto const known = body.etag.empty() ? std::nullopt : request.headers.find("If-None-Match");
    if (known && names_tag(*known, body.etag)) { // no look at the file
        status_ = response.status = 304;
        response.headers.add("ETag", body.etag);
        co_return co_await write_text(request, response, "");
    }
    auto open = [body = std::move(body)] { return open_file(body); };
    auto const file = co_await files_.run(std::move(open));
    if (!file) {
        auto const refusal = error_response(file.error());
        status_ = refusal.status;
        co_return co_await write_text(request, refusal, std::get<std::string>(refusal.body));
    }
    auto const part = part_of_file(request.headers, file->bytes, file->etag);
    status_ = response.status = part.status;
    response.headers.add("ETag", file->etag);
    response.headers.add("Accept-Ranges", "bytes");
    auto const size = std::to_string(file->bytes);
    if (part.status == 416) response.headers.add("Content-Range", "bytes */" + size);
    if (part.status == 206) {
        response.headers.add("Content-Range", "bytes " + std::to_string(part.first) + "-" +
                                                  std::to_string(part.first + part.count - 1) + "/" + size);
    }
    wire_.enter(Wire::Phase::answer); // the time to open the file does not count for the client
    auto const framing = part.status == 304 ? std::string() : length_header(part.count); // docs/traps.md, 13
    auto const head = head_of(request, response, framing);
    co_await wire_.write(head);
    if (!head_only) co_await write_pieces(file->stream, part.first, part.count);
}

/// While a client is waited for that takes the file more slowly than it is read, only a small piece of it is in memory.
Task<> AnswerWriter::write_pieces(std::shared_ptr<std::ifstream> file, std::uint64_t first, std::uint64_t count)
{
    auto max_bytes = file_piece_bytes;
    while (count > 0) {
        // If many files are sent at once, each gets little memory.
        auto const now_bytes = files_.waiting() < few_readers ? max_bytes : small_piece_bytes;
        auto read = [file, first, wanted = std::min<std::uint64_t>(count, now_bytes)]() -> Result<std::string> {
            std::string piece(wanted, '\0');
            file->seekg(static_cast<std::streamoff>(first));
            if (!file->read(piece.data(), static_cast<std::streamsize>(wanted)))
                throw std::runtime_error("a file became shorter while it was sent");
            return piece;
        };
        auto piece = co_await files_.run(std::move(read));
        auto sent = wire_.write_at_once(piece.value());
        bool const is_taken = sent == piece->size();
        if (!is_taken) {
            auto const rest = piece->substr(sent, small_piece_bytes);
            std::string().swap(*piece);
            co_await wire_.write(rest);
            sent += rest.size();
        }
        max_bytes = is_taken ? std::min(2 * max_bytes, file_piece_bytes) : small_piece_bytes;
        first += sent;
        count -= sent;
        body_bytes_ += sent;
    }
}

Task<> AnswerWriter::write_stream(Request const& request, Response response, StreamBody body)
{
    if (is_old_protocol) keeps_connection = false; // the end of the connection is the end of the body
    auto const framing = is_old_protocol ? "" : "\r\nTransfer-Encoding: chunked";
    co_await wire_.write(head_of(request, response, framing));
    while (!head_only) {
        wire_.enter(Wire::Phase::handler);
        auto const piece = co_await body.next();
        wire_.enter(Wire::Phase::answer);
        auto const size = is_old_protocol ? "" : in_hex(piece.size()) + "\r\n";
        co_await wire_.write(size, piece);
        if (!is_old_protocol) co_await wire_.write("\r\n");
        body_bytes_ += piece.size();
        if (piece.empty()) co_return;
    }
}

} // namespace learning_loop::http
