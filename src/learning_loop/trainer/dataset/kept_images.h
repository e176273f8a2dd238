#pragma once

#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// The images of a project on the trainer's disk, `<id>.jpg` whatever kind of image it is: other nodes name them so,
// too. Ids must be UUIDs. All of these block.

namespace learning_loop {

/// Makes the folder, and removes what downloads that were killed left there. Errors: out_of_space if the disk is full.
/// unavailable if the disk fails otherwise.
Result<void> prepare_image_folder(std::filesystem::path const& folder);

std::filesystem::path image_file(std::filesystem::path const& folder, std::string const& image_id);

/// Bytes of the images that are there and whole, in the order of the ids; 0: it is not there. A broken one is removed:
/// power cuts leave such ones, and trainers that check nothing. Errors: unavailable if the disk fails.
Result<std::vector<std::uintmax_t>> check_kept_images(std::filesystem::path const& folder,
                                                      std::span<std::string const> image_ids);

/// Writes a whole image to its place, by way of `<id>.jpg.part`; not durably, since the next training checks it.
/// Errors: invalid_argument if it is no whole image, too_large if it has too many pixels. out_of_space if the disk is
/// full. unavailable if the disk fails.
Result<void> keep_image(std::filesystem::path const& folder, std::string const& image_id, std::string_view bytes);

/// Removes the images that are not among the ids, so that the folder does not grow for ever; other files stay. Returns
/// how many. What cannot be removed stays.
std::size_t remove_images_but(std::filesystem::path const& folder, std::vector<std::string> const& image_ids);

} // namespace learning_loop
