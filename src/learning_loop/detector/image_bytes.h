#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace learning_loop {

/// The bytes of an image file within a request's body, which lives until nobody looks at them any more.
struct ImageBytes {
    std::shared_ptr<std::string const> owner; // shared: by the request's coroutine and the job on a stream
    std::string_view bytes;
};

} // namespace learning_loop
