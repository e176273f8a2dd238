#include "learning_loop/http/server/body_reader.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <memory>

namespace learning_loop::http {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace {

constexpr std::size_t read_piece_bytes = 256 * 1024;
constexpr std::size_t first_bytes = 16 * 1024;

/// How much room a body gets once that many bytes of it have come. A client that announces a lot and sends nothing
/// gets little.
std::size_t room_for(std::size_t received_bytes, std::size_t max_bytes)
{
    return std::min(max_bytes, std::max(first_bytes, 4 * received_bytes));
}

/// Bodies are taken as they are: nothing here unpacks them, and what one unpacks to could not be bounded before.
Admitted<> check_encoding(Headers const& headers)
{
    for (auto const& [name, value] : headers.all()) {
        if (!same_name(name, "Content-Encoding") || value.empty() || same_name(value, "identity")) continue;
        auto response = error_response(415, "Content-Encoding: '" + printable(value) +
                                                "' is not understood: send the body as it is, without this header");
        response.headers.add("Accept-Encoding", "identity");
        return response;
    }
    return {};
}

} // namespace

Task<Admitted<>> BodyReader::read(HeadParser& head, Route const& route, Request& request)
{
    left_bytes_ = static_cast<std::size_t>(head.content_length().value_or(0));
    max_bytes_ = route.max_body_bytes;
    too_long_code_ = route.too_long;
    bool const without_body = !head.chunked() && left_bytes_ == 0;
    if (without_body && route.body_kind == BodyKind::memory) co_return Admitted<>();
    all_was_read_ = without_body;
    if (auto const understood = check_encoding(request.headers); !understood && !without_body)
        co_return understood.error();
    if (left_bytes_ > max_bytes_ && !head.chunked()) co_return too_long();
    share_ = request.budget->begin();
    auto const expect = request.headers.find("Expect");
    if (expect && !same_name(*expect, "100-continue"))
        co_return error_response(417, "Expect: only 100-continue is understood");
    wire_.enter(Wire::Phase::body);
    if (expect && head.get().version() >= 11) co_await wire_.write("HTTP/1.1 100 Continue\r\n\r\n");
    if (head.chunked()) {
        chunked_.emplace(std::move(head));
        chunked_->body_limit(max_bytes_);
    }
    auto reading = route.body_kind == BodyKind::memory ? read_memory(request, route) : read_upload(request, route);
    auto read = co_await std::move(reading);
    all_was_read_ = read && left_bytes_ == 0 && (!chunked_ || chunked_->is_done());
    co_return read;
}

/// A share is taken as the bytes come, not as they are announced: an announcement alone must not shut others out.
Result<void> BodyReader::take_memory(std::size_t bytes)
{
    if (share_.grow_to(bytes)) return {};
    return Error{Errc::unavailable, "too many large requests at once: try again"};
}

Error BodyReader::too_long() const
{
    return {too_long_code_, "the body is longer than " + std::to_string(max_bytes_) +
                                " bytes, the most that this route takes: send less in one request"};
}

Task<Admitted<>> BodyReader::read_memory(Request& request, Route const& route)
{
    auto& body = request.body;
    auto const max_bytes = chunked_ ? max_bytes_ : left_bytes_;
    for (std::size_t size = 0;;) {
        if (size == body.size()) {
            auto const room = room_for(size + wire_.buffer().size(), max_bytes);
            if (auto const taken = take_memory(room); !taken) co_return taken.error();
            body.resize(room);
        }
        auto const read = co_await next(asio::buffer(body) + size);
        if (!read) co_return read.error();
        size += *read;
        if (route.told_of_bytes) route.told_of_bytes(request, *read);
        if (*read == 0) {
            body.resize(size);
            co_return Admitted<>();
        }
    }
}

Task<Admitted<>> BodyReader::read_upload(Request& request, Route const& route)
{
    auto made = UploadReader::of(request.content_type(), options_.upload_folder, route.max_part_bytes);
    if (!made) co_return request.content_type().empty() ? missing_value("body", "files") : made.error();
    // shared: with the jobs that write, one after another
    auto const reader = std::make_shared<UploadReader>(std::move(*made));
    auto const piece = std::make_shared<std::string>();
    disk_share_ = uploads_->begin();
    std::size_t received = 0;
    for (;;) {
        std::size_t filled = 0; // large pieces, so that a job is worth its way to another thread
        bool is_over = false;
        while (filled < read_piece_bytes && !is_over) {
            if (filled == piece->size()) piece->resize(room_for(filled, read_piece_bytes));
            auto const taken = take_memory(piece->size() + reader->held_bytes());
            if (!taken) co_return taken.error();
            auto const read = co_await next(asio::buffer(*piece) + filled);
            if (!read) co_return read.error();
            filled += *read;
            received += *read;
            is_over = *read == 0;
        }
        if (!disk_share_.grow_to(received))
            co_return Error{Errc::unavailable, "too many large uploads at once: try again"};
        auto feed = [reader, piece, filled, &options = options_]() -> Result<void> {
            auto const floor = options.min_free_disk_bytes;
            if (floor != 0 && free_bytes(options.upload_folder) < floor) return out_of_disk();
            return reader->feed(std::string_view(*piece).substr(0, filled));
        };
        auto const fed = co_await files_.run(std::move(feed));
        if (!fed) co_return fed.error();
        if (is_over) break;
    }
    auto upload = reader->finish();
    if (!upload) co_return upload.error();
    request.upload = std::move(*upload);
    co_return Admitted<>();
}

/// Reads the next bytes of the body. Returns their number; 0: it is over.
Task<Result<std::size_t>> BodyReader::next(asio::mutable_buffer into)
{
    if (chunked_) co_return co_await next_of_chunked(into);
    auto const wanted = asio::buffer(into, left_bytes_);
    if (wanted.size() == 0) co_return std::size_t{0};
    auto bytes = asio::buffer_copy(wanted, wire_.buffer().data());
    wire_.buffer().consume(bytes);
    if (bytes == 0) bytes = co_await wire_.read_some(wanted);
    left_bytes_ -= bytes;
    co_return bytes;
}

Task<Result<std::size_t>> BodyReader::next_of_chunked(asio::mutable_buffer into)
{
    auto& buffer = wire_.buffer();
    auto& body = chunked_->get().body();
    while (!chunked_->is_done()) {
        body.data = into.data();
        body.size = into.size();
        boost::system::error_code failure;
        if (buffer.size() > 0) buffer.consume(chunked_->put(buffer.data(), failure));
        else failure = beast::http::error::need_more;
        if (failure == beast::http::error::body_limit) co_return too_long();
        bool const goes_on =
            !failure || failure == beast::http::error::need_more || failure == beast::http::error::need_buffer;
        if (!goes_on) co_return Error{Errc::invalid_argument, "the body's chunks are malformed: " + failure.message()};
        if (auto const produced = into.size() - body.size; produced > 0) co_return produced;
        if (failure == beast::http::error::need_buffer) co_return too_long(); // `into` was all that was left
        if (failure != beast::http::error::need_more) continue;
        if (buffer.size() == buffer.max_size()) co_return Error{Errc::invalid_argument, "a chunk's head has no end"};
        auto const room = std::min(buffer.max_size() - buffer.size(), first_bytes);
        buffer.commit(co_await wire_.read_some(buffer.prepare(room)));
    }
    co_return std::size_t{0};
}

void BodyReader::give_back()
{
    share_ = {};
    disk_share_ = {};
}

Error out_of_disk()
{
    return {Errc::out_of_space, "the disk is almost full, so nothing large is taken: free some space"};
}

} // namespace learning_loop::http
