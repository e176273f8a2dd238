#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// The headers of one part of a multipart/form-data body.
struct PartHead {
    std::string name;      ///< Of the form field.
    std::string file_name; ///< As the client sent it, `filename*` first: never use it as a path. Empty: a plain field.
    std::string content_type;
};

/// Splits a multipart/form-data body (RFC 7578) that comes in pieces. Limits: 1 000 parts, 8 KiB of headers for each, a
/// boundary of 70 characters, no multipart within a part. A part that is labelled as multipart but names no boundary is
/// none: many clients put the label of the whole body on its parts.
class MultipartParser {
public:
    /// Receives the parts. An error that it returns ends the parsing.
    class Sink {
    public:
        virtual ~Sink() = default;
        virtual Result<void> begin(PartHead head) = 0;
        virtual Result<void> data(std::string_view bytes) = 0; ///< Valid as long as the piece that was fed.
        virtual Result<void> end() = 0;
    };

    /// Errors: invalid_argument if the Content-Type is not multipart/form-data, or has no valid boundary.
    static Result<MultipartParser> of(std::string_view content_type);

    /// Takes the next bytes. Errors: invalid_argument if the body is malformed; unprocessable, which is what released
    /// nodes split an upload at, if it has too many parts; those of the sink.
    Result<void> feed(std::string_view piece, Sink& sink);

    /// To be called at the end of the body. Errors: invalid_argument if something is missing.
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
    std::string held_; ///< The end of the last piece, if it may be the beginning of a delimiter or of headers.
    State state_ = State::preamble;
    bool at_start_ = true;
    bool is_padded_ = false; ///< There were blanks behind the boundary.
    int parts_ = 0;
};

/// One part of a body that is in memory as a whole: a view into it.
struct Part : PartHead {
    std::string_view bytes;
};

/// Splits a whole body. The parts are views into it. Errors: as `MultipartParser::of`, `feed` and `finish`.
Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);

} // namespace learning_loop::http
