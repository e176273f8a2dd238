#pragma once

namespace learning_loop {

/// Keeps OpenCV from spreading the work on one image over threads of its own: images are worked on side by side
/// already, on threads that have a name and a priority. To be called once, before the first image.
void keep_each_image_on_one_thread();

} // namespace learning_loop
