#pragma once

#include "learning_loop/base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::http {

/// One part of a multipart/form-data body. Views into that body.
struct Part {
    std::string name;      ///< Of the form field.
    std::string file_name; ///< As the client wrote it: not to be trusted as a path. Empty for a plain field.
    std::string_view content_type;
    std::string_view bytes;
};

/// Splits a whole body by the boundary that its Content-Type names. At most 1 000 parts, 8 KiB of headers each, a
/// boundary of 70 characters, no nesting. invalid_argument names what is broken.
Result<std::vector<Part>> parse_multipart(std::string_view content_type, std::string_view body);

} // namespace learning_loop::http
