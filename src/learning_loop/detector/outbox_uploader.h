#pragma once

#include "learning_loop/async/interruptible.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/outbox.h"
#include "learning_loop/node/loop_client.h"

#include <optional>
#include <string>
#include <string_view>

namespace learning_loop {

/// Uploads the outbox's images to the Loop. An image leaves the outbox only if the Loop has acknowledged it, or refuses
/// it for good: then it is moved to `rejected/`.
class OutboxUploader {
public:
    OutboxUploader(Outbox& outbox, LoopClient& loop) : outbox_(outbox), loop_(loop) {}

    Task<> run(); ///< Until cancelled.

    OutboxMode mode() const { return mode_; }

    /// `stopped` ends an upload in flight at once: its images stay in the outbox.
    void set_mode(OutboxMode mode);

    /// The same by its name. Errors: unprocessable if there is no such mode, with the text that peers know.
    Result<void> choose_mode(std::string_view name);

    /// Why uploads fail at present; nullopt if they do not.
    std::optional<std::string> const& problem() const { return problem_; }

private:
    Task<> wait_before_next_try();
    Task<bool> upload(std::vector<OutboxItem> batch); ///< Returns false if the Loop cannot take images now.
    Task<bool> upload_halves(std::vector<OutboxItem> batch);
    Task<Result<http::Answer>> send(std::vector<OutboxItem> batch);

    Outbox& outbox_;
    LoopClient& loop_;
    Interruptible sending_;
    OutboxMode mode_ = OutboxMode::continuous_upload;
    Backoff backoff_{std::chrono::seconds(2), std::chrono::seconds(60)}; ///< At least a second.
    std::chrono::milliseconds asked_wait_{0};
    std::optional<std::string> problem_;
};

} // namespace learning_loop
