#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/disk.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// The folders of an outbox in which there are images.
enum class OutboxQueue { priority, normal, rejected };
BOOST_DESCRIBE_ENUM(OutboxQueue, priority, normal, rejected)

inline constexpr std::array waiting_queues{OutboxQueue::priority, OutboxQueue::normal};
inline constexpr std::array all_queues{OutboxQueue::priority, OutboxQueue::normal, OutboxQueue::rejected};

std::string name_of(OutboxQueue queue);

/// An image in the folder of an outbox.
struct FoundImage {
    std::string id;
    OutboxQueue queue = OutboxQueue::normal;
    std::uint64_t bytes = 0;            ///< 0: a rejected one that is no image.
    std::optional<std::string> created; ///< As its JSON tells it.
    std::optional<std::string> reason;  ///< Why it was rejected.
};
BOOST_DESCRIBE_STRUCT(FoundImage, (), (id, queue, bytes, created, reason))

/// Looks into the folder of an outbox and changes nothing: also beside a detector that works there. Blocks. What fails
/// and is not named as an error throws std::system_error.
class OutboxReader {
public:
    explicit OutboxReader(std::filesystem::path folder, Disk const& disk = real_disk());

    /// What is in a queue, oldest first; none if there is no such folder.
    std::vector<std::string> names_in(OutboxQueue queue) const;

    /// Errors: not_found if it is not there any more, since it was uploaded or dropped; invalid_argument if it is no
    /// image, but for a rejected one.
    Result<FoundImage> read(OutboxQueue queue, std::string const& name) const;

    std::filesystem::path folder_of(OutboxQueue queue, std::string const& name) const;

private:
    bool is_gone(OutboxQueue queue, std::string const& name) const;
    std::optional<std::string> created(std::filesystem::path const& json) const;

    std::filesystem::path folder_;
    Disk const& disk_;
};

} // namespace learning_loop
