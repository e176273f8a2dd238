#pragma once

#include "learning_loop/base/error.h"

#include <boost/describe/enum.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

/// Whether a detection is kept for the Loop.
enum class Autoupload {
    filtered, ///< If the RelevanceFilter says so.
    all,      ///< In any case.
    disabled  ///< Never.
};
BOOST_DESCRIBE_ENUM(Autoupload, filtered, all, disabled)

/// What a client says about its image, beside the image itself.
struct ImageNotes {
    std::string camera; ///< Each has a history of its own in the RelevanceFilter. Empty: not told.
    std::vector<std::string> tags;
    std::optional<std::string> source;
    std::optional<std::string> created; ///< When the image was taken, as the client wrote it.
    Autoupload autoupload = Autoupload::filtered;
    bool priority = false; ///< Uploaded before others and never dropped from the outbox.
};

inline constexpr std::size_t max_camera_id_bytes = 1000; ///< All of it tells cameras apart, so it cannot be cut.

/// Errors: invalid_argument if the id of a camera is too long to be remembered.
Result<void> check_camera_id(std::string_view id);

/// Errors: invalid_argument if the text is no date that `read_timestamp` reads.
Result<void> check_created(std::string_view date);

} // namespace learning_loop
