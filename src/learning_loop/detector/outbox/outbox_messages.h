#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What the commands of a shell ask of a detector that runs, through the CommandSocket of its data folder.

namespace learning_loop {

enum class OutboxCommand {
    requeue,      ///< Rejected images wait for their upload again.
    drop,         ///< Images are deleted, wherever they are.
    drop_rejected ///< Rejected images are deleted.
};
BOOST_DESCRIBE_ENUM(OutboxCommand, requeue, drop, drop_rejected)

struct OutboxRequest {
    OutboxCommand command = OutboxCommand::requeue;
    std::vector<std::string> ids;
};
BOOST_DESCRIBE_STRUCT(OutboxRequest, (), (command, ids))

/// An image with which nothing was done.
struct LeftImage {
    std::string id;
    std::string why;
    bool is_gone = false; ///< It is not there, or not any more.
};
BOOST_DESCRIBE_STRUCT(LeftImage, (), (id, why, is_gone))

struct OutboxAnswer {
    std::optional<std::string> error; ///< Why nothing was done.
    std::uint64_t done = 0;           ///< Images.
    std::vector<LeftImage> left;
};
BOOST_DESCRIBE_STRUCT(OutboxAnswer, (), (error, done, left))

} // namespace learning_loop
