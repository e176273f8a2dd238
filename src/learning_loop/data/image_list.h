#pragma once

#include "learning_loop/data/stored_image.h"

namespace learning_loop {

/// An image in the answer to `GET .../images`.
struct ListedImage : StoredImage {
    std::string resource;  ///< The path of its bytes without `/api`, as `/demo/projects/field/images/<id>/main`.
    std::string thumbnail; ///< The same for a small, upright JPEG.
};
BOOST_DESCRIBE_STRUCT(ListedImage, (StoredImage), (resource, thumbnail))

/// The answer to `GET .../images`.
struct ImageList {
    std::vector<ListedImage> images;
};
BOOST_DESCRIBE_STRUCT(ImageList, (), (images))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<ListedImage>();
extern template JsonType const& json_type<ImageList>();

} // namespace learning_loop
