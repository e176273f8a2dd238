#pragma once

#include "learning_loop/base/hash.h"
#include "learning_loop/data/stored_image.h"

#include <string>

namespace learning_loop::store {

/// The set of an image. It is drawn by the id, so that neither the order of arrival nor a retry matters: a place from 0
/// to 99, of which the first are for tests and the next for validation; a larger share takes from the rest alone.
inline ImageSet drawn_set(std::string const& id, int test_percent, int val_percent)
{
    auto const hash = sha256(id);
    auto const place = hash[0] % 5 * 20 + hash[1] % 20; // the first byte alone decides on the 20 percent of old
    if (place < test_percent) return ImageSet::test;
    return place < test_percent + val_percent ? ImageSet::val : ImageSet::train;
}

} // namespace learning_loop::store
