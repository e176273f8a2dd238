#pragma once

#include "learning_loop/detector/outbox/outbox_files.h"

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace learning_loop {

/// Writes what several requests keep at the same time with the same syncs, which are what takes long. `add` is called
/// on the io thread, `write` on the lane of the files, where it blocks.
class GroupWriter {
public:
    struct Pending {
        OutboxWrite write;
        std::optional<Result<void>> result; ///< Once it was written, maybe together with another.
    };

    explicit GroupWriter(OutboxFiles& files) : files_(files) {}

    std::shared_ptr<Pending> add(OutboxWrite write); // shared: with the job that writes it

    /// Writes it, and all others that wait. If that fails, each is tried alone, so that none fails for another. Errors:
    /// those of OutboxFiles::write.
    Result<void> write(Pending& one);

private:
    Result<void> write_all(std::vector<OutboxWrite*> const& writes);
    std::vector<std::shared_ptr<Pending>> take_all();

    OutboxFiles& files_;
    std::mutex guard_;
    std::vector<std::shared_ptr<Pending>> pending_;
};

} // namespace learning_loop
