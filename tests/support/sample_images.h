#pragma once

#include "learning_loop/infer/image_codec.h"
#include "learning_loop/infer/sent_image.h"
#include "support/temp_folder.h"

#include <filesystem>
#include <string>

namespace learning_loop::test {

/// A file of tests/data/images.
inline std::string sample_image(std::string const& name)
{
    auto bytes = bytes_of(std::filesystem::path(LL_TEST_DATA) / "images" / name);
    if (bytes.empty()) throw std::runtime_error("tests/data/images has no " + name);
    return bytes;
}

/// A JPEG of one colour.
inline std::string a_jpeg(int width_px = 8, int height_px = 8, int blue = 100)
{
    return encode_jpeg(cv::Mat(height_px, width_px, CV_8UC3, cv::Scalar(blue, 0, 0))).value();
}

/// A file as a client sent it.
inline SentImage sent_file(std::string bytes, std::string name = "file")
{
    return {Bytes(std::move(bytes)), std::move(name), {}};
}

} // namespace learning_loop::test
