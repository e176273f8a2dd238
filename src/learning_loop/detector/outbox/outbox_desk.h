#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"
#include "learning_loop/detector/outbox/outbox_messages.h"

#include <string>

namespace learning_loop {

class Outbox;

/// Does what the commands of a shell ask for. To be used on the io thread; the outbox must outlive it.
class OutboxDesk {
public:
    explicit OutboxDesk(Outbox& outbox) : outbox_(outbox) {}

    /// Errors: unavailable if the disk does not let it.
    Task<Result<OutboxAnswer>> answer(OutboxRequest request);

    /// The same for what comes through a CommandSocket.
    Task<std::string> answer_text(std::string request);

private:
    Task<Result<OutboxAnswer>> requeue(std::vector<std::string> ids);
    Task<Result<OutboxAnswer>> drop(OutboxRequest request);

    Outbox& outbox_;
};

} // namespace learning_loop
