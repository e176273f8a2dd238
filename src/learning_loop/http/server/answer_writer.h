#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/message.h"
#include "learning_loop/http/server/wire.h"

#include <cstdint>
#include <fstream>
#include <memory>

namespace learning_loop::http {

/// Writes the answer to one request.
class AnswerWriter {
public:
    /// Bodies that are files are read on `files`.
    AnswerWriter(Wire& wire, Pool& files) : wire_(wire), files_(files) {}

    bool head_only = false;       ///< The request was a HEAD.
    bool keeps_connection = true; ///< Another request may follow. `write` clears it if only a close can end the body.
    bool is_old_protocol = false; ///< HTTP/1.0, which has no chunks.

    /// Throws boost::system::system_error if the client has left or is too slow.
    Task<> write(Request const& request, Response response);

    int status() const { return status_; }                   ///< That was sent.
    std::uint64_t body_bytes() const { return body_bytes_; } ///< That were sent.

private:
    Task<> write_text(Request const& request, Response const& response, std::string const& body);
    Task<> write_file(Request const& request, Response response, FileBody body);
    Task<> write_pieces(std::shared_ptr<std::ifstream> file, std::uint64_t first, std::uint64_t count);
    Task<> write_stream(Request const& request, Response response, StreamBody body);
    std::string head_of(Request const& request, Response const& response, std::string_view framing) const;

    Wire& wire_;
    Pool& files_;
    int status_ = 0;
    std::uint64_t body_bytes_ = 0;
};

} // namespace learning_loop::http
