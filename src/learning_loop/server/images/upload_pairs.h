#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/upload.h"

#include <string>
#include <vector>

namespace learning_loop {

/// An image's part and the one that describes it.
struct UploadPair {
    http::UploadedPart* image = nullptr;
    http::UploadedPart* metadata = nullptr; ///< Null: there is none.
};

/// Finds out which parts of an image upload belong together: an image and the JSON of the same name but for the ending;
/// of several of one name the first image and the first JSON, the second and the second, if there are as many of both.
/// In the order of the images. A part's bytes tell what it is. Errors: unprocessable if it cannot be told which belong
/// together, if a JSON has no image or a field has an unknown name; the message names the part.
Result<std::vector<UploadPair>> pair_parts(http::Upload& upload);

/// What the sender calls the part, for messages.
std::string shown_name(http::UploadedPart const& part);

/// The same, with what is wrong with it: unprocessable, since senders do something about no other answer.
Error wrong_part(http::UploadedPart const& part, Error const& error);

/// The UUID of `<uuid>.jpg` or `image_<uuid>.jpg` in lower case; empty if there is none.
std::string uuid_in_name(http::UploadedPart const& part);

} // namespace learning_loop
