#pragma once

namespace learning_loop {

class Pool;
namespace http {
class Router;
}
namespace store {
class ImageRepository;
} // namespace store

/// A project's images come in and go out. `checking` reads and hashes what comes in; the parts must outlive the router.
void add_image_api(http::Router& router, store::ImageRepository& images, Pool& checking);

} // namespace learning_loop
