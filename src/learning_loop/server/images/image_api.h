#pragma once

namespace learning_loop {

class Pool;
class Thumbnails;
namespace http {
class Router;
}
namespace store {
class ImageEditor;
class ImageIntake;
class ImageRepository;
} // namespace store

/// What the routes for images need.
struct ImageApiParts {
    store::ImageRepository& images;
    store::ImageIntake& intake;
    store::ImageEditor& editor;
    Thumbnails& thumbnails;
    Pool& checking; ///< Reads and hashes what comes in.
};

/// A project's images come in, go out and are changed. The parts must outlive the router.
void add_image_api(http::Router& router, ImageApiParts const& parts);

} // namespace learning_loop
