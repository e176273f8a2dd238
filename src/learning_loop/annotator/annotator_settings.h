#pragma once

#include "learning_loop/infer/image_codec.h"
#include "learning_loop/node/settings.h"

#include <cstdint>
#include <optional>
#include <string>

namespace learning_loop {

/// How an annotator node runs.
struct AnnotatorSettings : NodeSettings {
    int threads = 0;                                 ///< Actions worked on side by side; 0: one per core.
    int max_windows = 200;                           ///< Drawings at the same time.
    std::uint64_t image_disk_bytes = 2ull << 30;     ///< Of images that are kept in the data folder.
    std::uint64_t image_memory_bytes = 512ull << 20; ///< Of decoded images.
    std::uint64_t max_image_pixels = static_cast<std::uint64_t>(ImageLimits().max_pixels);
};
BOOST_DESCRIBE_STRUCT(AnnotatorSettings, (NodeSettings),
                      (threads, max_windows, image_disk_bytes, image_memory_bytes, max_image_pixels))

/// Reads flags, environment and settings file over the defaults; see `read_settings`. `name` is the program's name and
/// the node's default name.
Result<std::optional<AnnotatorSettings>> read_annotator_settings(std::string const& name, Invocation const& start);

/// The annotator's section of docs/settings.md.
std::string annotator_settings_section();

} // namespace learning_loop
