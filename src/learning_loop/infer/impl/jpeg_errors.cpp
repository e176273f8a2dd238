#include "learning_loop/infer/impl/jpeg_errors.h"

#include <new>

namespace learning_loop {
namespace {

[[noreturn]] void leave(j_common_ptr jpeg)
{
    auto* errors = reinterpret_cast<JpegErrors*>(jpeg->err);
    errors->manager.format_message(jpeg, errors->text.data());
    std::longjmp(errors->on_error, 1);
}

/// Levels from 0 on tell what is read, in detail.
void hear_message(j_common_ptr jpeg, int level)
{
    if (level < 0 && !is_harmless(jpeg->err->msg_code)) leave(jpeg);
}

} // namespace

JpegErrors::JpegErrors()
{
    jpeg_std_error(&manager);
    manager.error_exit = leave;
    manager.emit_message = hear_message;
}

bool JpegErrors::refuse(std::string_view why)
{
    text.fill('\0');
    why.copy(text.data(), text.size() - 1);
    return false;
}

std::string_view JpegErrors::reason() const
{
    if (manager.msg_code == JERR_OUT_OF_MEMORY) throw std::bad_alloc();
    return text.data();
}

bool is_harmless(int warning)
{
    switch (warning) {
    // Bytes that belong to no segment and no pixel, up to the next marker: many cameras fill up with such. They may
    // also be what a changed bit has left of the pixels, which nobody can tell apart, and no reader does.
    case JWRN_EXTRANEOUS_DATA:
    // The version of JFIF tells how its thumbnail and its pixels' density are written; neither is read.
    case JWRN_JFIF_MAJOR:
    // Only 0 (RGB, CMYK), 1 (YCbCr) and 2 (YCCK) are defined. For all others every reader takes YCbCr or YCCK.
    case JWRN_ADOBE_XFORM:
    // Which coefficients a scan of a sequential JPEG holds is fixed, so the fields that tell it are not read.
    case JWRN_NOT_SEQUENTIAL: return true;
    default: return false;
    }
}

} // namespace learning_loop
