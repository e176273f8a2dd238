#pragma once

#include <boost/describe/class.hpp>

#include <string>

namespace learning_loop {

/// Of a route about one image.
struct ImagePath {
    std::string image; ///< Its id.
};
BOOST_DESCRIBE_STRUCT(ImagePath, (), (image))

} // namespace learning_loop
