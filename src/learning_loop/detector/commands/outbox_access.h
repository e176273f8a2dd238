#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/outbox_messages.h"

#include <filesystem>
#include <memory>

namespace learning_loop {

/// Has the outbox of a data folder changed: by the detector that runs there, else by this process, which opens it then
/// and keeps others out while this lives. There must be an outbox. Blocks.
class OutboxAccess {
public:
    explicit OutboxAccess(std::filesystem::path data_folder);
    ~OutboxAccess();

    /// Errors: what the outbox refuses; conflict if a process has the folder and does not answer. Throws
    /// std::system_error.
    Result<OutboxAnswer> ask(OutboxRequest const& request);

private:
    struct Opened;

    std::filesystem::path data_folder_;
    std::unique_ptr<Opened> opened_; ///< Null while a detector runs.
};

} // namespace learning_loop
