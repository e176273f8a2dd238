#pragma once

#include <array>
#include <csetjmp>
#include <cstdio> // which jpeglib.h needs before it
#include <string_view>

#include <jpeglib.h>

#include <jerror.h> // which needs jpeglib.h before it

#ifndef JCS_EXTENSIONS
#error "libjpeg-turbo is needed, whose pixels may be BGR: install libjpeg62-turbo-dev (tools/setup) or its equivalent"
#endif

namespace learning_loop {

/// What libjpeg reports to, about one file. An error leaves through a longjmp to `on_error`, which runs no destructors,
/// and so does a warning unless it is harmless: pixels that follow damage are of no use, so none of them is waited for.
struct JpegErrors {
    JpegErrors();
    JpegErrors(JpegErrors const&) = delete;
    JpegErrors& operator=(JpegErrors const&) = delete;

    /// Keeps a reason that libjpeg knows nothing of. Always false.
    bool refuse(std::string_view why);

    /// What ended the work. Throws bad_alloc if that was a lack of memory.
    std::string_view reason() const;

    jpeg_error_mgr manager{}; // must be first: libjpeg hands out its address
    std::jmp_buf on_error;
    std::array<char, JMSG_LENGTH_MAX> text{};
};

/// Whether a warning says nothing of the pixels, by libjpeg's code.
bool is_harmless(int warning);

} // namespace learning_loop
