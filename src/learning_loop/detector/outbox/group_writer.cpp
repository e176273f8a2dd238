#include "learning_loop/detector/outbox/group_writer.h"

#include <exception>
#include <utility>

namespace learning_loop {

std::shared_ptr<GroupWriter::Pending> GroupWriter::add(OutboxWrite write)
{
    auto pending = std::make_shared<Pending>(Pending{std::move(write), std::nullopt});
    std::lock_guard const lock(guard_);
    pending_.push_back(pending);
    return pending;
}

Result<void> GroupWriter::write(Pending& one)
{
    if (one.result) return *one.result; // together with an earlier one
    auto const group = take_all();
    std::vector<OutboxWrite*> writes;
    for (auto const& pending : group) writes.push_back(&pending->write);
    auto const written = write_all(writes);
    for (auto const& pending : group) {
        bool const again = !written && group.size() > 1;
        pending->result = again ? write_all({&pending->write}) : written;
    }
    return *one.result;
}

/// Never throws: each of them must get its result.
Result<void> GroupWriter::write_all(std::vector<OutboxWrite*> const& writes)
{
    try {
        return files_.write(writes);
    } catch (std::exception const& failure) {
        return Error{Errc::unavailable, failure.what()};
    }
}

std::vector<std::shared_ptr<GroupWriter::Pending>> GroupWriter::take_all()
{
    std::lock_guard const lock(guard_);
    return std::exchange(pending_, {});
}

} // namespace learning_loop
