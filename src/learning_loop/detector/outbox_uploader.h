#pragma once

#include "learning_loop/async/interruptible.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/detector/outbox.h"

#include <optional>
#include <string>

namespace learning_loop {

/// Brings the outbox's images to the Loop. An image leaves the outbox only when the Loop has acknowledged it, or
/// refuses it for good, in which case it is kept aside.
class OutboxUploader {
public:
    OutboxUploader(Outbox& outbox, LoopClient& loop) : outbox_(outbox), loop_(loop) {}

    Task<> run(); ///< Until cancelled.

    OutboxMode mode() const { return mode_; }

    /// `stopped` ends the upload that runs, at once: what it carried stays in the outbox.
    void set_mode(OutboxMode mode);

    /// Why uploads fail at present; nothing when they do not.
    std::optional<std::string> const& problem() const { return problem_; }

private:
    Task<bool> upload(std::vector<OutboxItem> batch); ///< False: the Loop cannot take images now.
    Task<bool> upload_halves(std::vector<OutboxItem> batch);
    Task<Result<http::Answer>> sent(std::vector<OutboxItem> batch);

    Outbox& outbox_;
    LoopClient& loop_;
    Interruptible sending_;
    OutboxMode mode_ = OutboxMode::continuous_upload;
    Backoff backoff_{std::chrono::seconds(2), std::chrono::seconds(60)}; ///< Never less than a second.
    std::chrono::milliseconds asked_wait_{0};
    std::optional<std::string> problem_;
};

} // namespace learning_loop
