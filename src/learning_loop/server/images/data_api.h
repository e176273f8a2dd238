#pragma once

namespace learning_loop {

namespace http {
class Router;
}
namespace store {
class ImageRepository;
class ModelRepository;
} // namespace store

/// The ids of a project's images. The parts must outlive the router.
void add_data_api(http::Router& router, store::ImageRepository& images, store::ModelRepository& models);

} // namespace learning_loop
