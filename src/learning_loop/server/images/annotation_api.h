#pragma once

namespace learning_loop {

class Pool;
namespace http {
class Router;
}
namespace store {
class DetectionRepository;
class ImageEditor;
class ImageRepository;
} // namespace store

/// What people and models say is in images. `checking` reads long lists of detections; the parts must outlive the
/// router.
void add_annotation_api(http::Router& router, store::ImageRepository& images, store::ImageEditor& editor,
                        store::DetectionRepository& detections, Pool& checking);

} // namespace learning_loop
