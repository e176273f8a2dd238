#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// What the headers of a part of a multipart/form-data body tell.
struct PartHead {
    std::string name;      ///< Of the form field.
    std::string file_name; ///< As the client wrote it: not to be trusted as a path. Empty for a plain field.
    std::string content_type;
};

/// Splits a multipart/form-data body (RFC 7578) that comes in pieces. At most 1 000 parts, 8 KiB of headers each, a
/// boundary of 70 characters, no nesting.
class MultipartParser {
public:
    /// Where the parts go. What `begin` and `data` fail with ends the parse.
    class Sink {
    public:
        virtual ~Sink() = default;
        virtual Result<void> begin(PartHead head) = 0;
        virtual Result<void> data(std::string_view bytes) = 0; ///< Lives as long as the piece that was fed.
        virtual Result<void> end() = 0;
    };

    /// invalid_argument: the Content-Type is not multipart/form-data with a boundary that may be.
    static Result<MultipartParser> of(std::string_view content_type);

    /// Takes the next bytes. A piece that holds whole parts is not copied. invalid_argument names what is broken.
    Result<void> feed(std::string_view piece, Sink& sink);

    /// The body is over. invalid_argument: it ended early.
    Result<void> finish() const;

private:
    enum class State { preamble, after_boundary, headers, body, epilogue };

    explicit MultipartParser(std::string const& boundary) : delimiter_("\r\n--" + boundary) {}

    Result<bool> step(std::string_view& text, Sink& sink);
    bool skip_preamble(std::string_view& text);
    Result<bool> pass_boundary(std::string_view& text);
    Result<bool> read_headers(std::string_view& text, Sink& sink);
    Result<bool> pass_data(std::string_view& text, Sink& sink);

    std::string delimiter_;
    std::string held_; ///< The end of the last piece, which may be the beginning of a delimiter or of headers.
    State state_ = State::preamble;
    bool at_start_ = true;
    int parts_ = 0;
};

/// One part of a body that is held in memory. A view into it.
struct Part : PartHead {
    std::string_view bytes;
};

/// Splits a whole body by the boundary that its Content-Type names. invalid_argument names what is broken.
Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);

} // namespace learning_loop::http
