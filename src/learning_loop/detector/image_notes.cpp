#include "learning_loop/detector/image_notes.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"

namespace learning_loop {

Result<void> check_camera_id(std::string_view id)
{
    if (id.size() <= max_camera_id_bytes) return {};
    return Error{Errc::invalid_argument,
                 "is longer than " + std::to_string(max_camera_id_bytes) + " bytes: give each camera a shorter name"};
}

Result<void> check_created(std::string_view date)
{
    if (read_timestamp(date)) return {};
    return Error{Errc::invalid_argument, "'" + printable(date) + "' is no date: write it as 2024-01-31T12:00:00.123"};
}

} // namespace learning_loop
