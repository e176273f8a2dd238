#pragma once

#include "learning_loop/detector/outbox/disk.h"
#include "learning_loop/detector/outbox/image_dates.h"

#include <string>

namespace learning_loop {

/// Dates an image anew if it was dated before the clock was set, so that its metadata stays as it is from then on: the
/// Loop knows it by its key and its content. Returns whether it may be sent; not yet if the disk does not let it.
/// Blocks.
bool settle_date(Disk& disk, Disk::Path const& image_folder, std::string const& metadata_file, Moment const& now);

} // namespace learning_loop
