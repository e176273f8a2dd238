#pragma once

#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
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
    std::optional<std::string> created; ///< When the image was taken, in a form `is_timestamp` accepts.
    Autoupload autoupload = Autoupload::filtered;
    bool priority = false; ///< Uploaded before others and never dropped from the outbox.
};

} // namespace learning_loop
