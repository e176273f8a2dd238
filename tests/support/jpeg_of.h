#pragma once

#include "learning_loop/infer/impl/jpeg_errors.h"

#include <opencv2/core/mat.hpp>

#include <cstdlib>
#include <memory>
#include <string>

namespace learning_loop {

/// What a JPEG may be like that our own encoder does not write.
struct JpegKind {
    J_COLOR_SPACE colours = JCS_YCbCr;
    int sampling_x = 2; ///< Of brightness and black, the others have 1; so 2 and 2 is 4:2:0.
    int sampling_y = 2;
    int quality = 95;
    int restart_interval = 0; ///< In blocks (MCUs).
    bool progressive = false;
    bool optimized = false; ///< With Huffman tables of its own instead of those of the standard.
};

inline J_COLOR_SPACE pixels_of(int channels)
{
    if (channels == 1) return JCS_GRAYSCALE;
    return channels == 3 ? JCS_EXT_BGR : JCS_CMYK;
}

/// Inks (four channels) are written as they are: 255 for none, as Adobe has it. A mistake ends the program.
inline std::string jpeg_of(cv::Mat const& pixels, JpegKind const& kind = {})
{
    jpeg_error_mgr errors;
    jpeg_compress_struct jpeg{};
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    unsigned char* bytes = nullptr;
    unsigned long length = 0;
    jpeg_mem_dest(&jpeg, &bytes, &length);
    jpeg.image_width = static_cast<JDIMENSION>(pixels.cols);
    jpeg.image_height = static_cast<JDIMENSION>(pixels.rows);
    jpeg.input_components = pixels.channels();
    jpeg.in_color_space = pixels_of(pixels.channels());
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, kind.colours);
    jpeg_set_quality(&jpeg, kind.quality, TRUE);
    for (int i = 0; i < jpeg.num_components; i += 3) { // brightness, and black of the inks
        jpeg.comp_info[i].h_samp_factor = kind.sampling_x;
        jpeg.comp_info[i].v_samp_factor = kind.sampling_y;
    }
    jpeg.restart_interval = static_cast<unsigned>(kind.restart_interval);
    if (kind.progressive) jpeg_simple_progression(&jpeg);
    jpeg.optimize_coding = kind.optimized ? TRUE : FALSE;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        auto* row = const_cast<JSAMPROW>(pixels.ptr(static_cast<int>(jpeg.next_scanline)));
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    std::unique_ptr<unsigned char, decltype(&std::free)> const owner(bytes, &std::free);
    return {reinterpret_cast<char const*>(bytes), length};
}

} // namespace learning_loop
