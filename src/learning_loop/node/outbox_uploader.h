#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/outbox.h"

#include <optional>
#include <string>

namespace learning_loop {

/// Brings the outbox's images to the Loop. An image leaves the outbox only when the Loop has acknowledged it, or
/// refuses it for good, in which case it is kept aside.
class OutboxUploader {
public:
    OutboxUploader(Outbox& outbox, DetectorSettings const& settings);

    Task<> run(); ///< Until cancelled.

    OutboxMode mode() const { return mode_; }

    /// `stopped` ends the upload that runs, at once: what it carried stays in the outbox.
    void set_mode(OutboxMode mode);

    /// Why uploads fail at present; nothing when they do not.
    std::optional<std::string> const& problem() const { return problem_; }

    /// For good: the program is about to end.
    void stop()
    {
        ending_ = true;
        loop_.http().cancel();
    }

private:
    Task<bool> upload(std::vector<OutboxItem> batch); ///< False: the Loop cannot take images now.
    Task<bool> upload_halves(std::vector<OutboxItem> batch);
    Task<Result<http::Answer>> sent(std::vector<OutboxItem> batch);

    Outbox& outbox_;
    LoopClient loop_;
    Lane lane_{"uploads", 10};
    OutboxMode mode_ = OutboxMode::continuous_upload;
    bool ending_ = false;
    Backoff backoff_{std::chrono::seconds(1), std::chrono::seconds(60)};
    std::chrono::milliseconds asked_wait_{0};
    std::optional<std::string> problem_;
};

} // namespace learning_loop
