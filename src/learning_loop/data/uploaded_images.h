#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace learning_loop {

struct UploadedImage {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(UploadedImage, (), (id))

/// The answer to `POST .../images`: the images that are kept now, each once.
struct UploadedImages {
    std::vector<UploadedImage> images;
};
BOOST_DESCRIBE_STRUCT(UploadedImages, (), (images))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<UploadedImage>();
extern template JsonType const& json_type<UploadedImages>();

} // namespace learning_loop
