#pragma once

#include "learning_loop/async/interruptible.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/data/detector_status.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/detector/outbox/upload_pace.h"
#include "learning_loop/http/client/client.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

class LoopClient;

/// Uploads the outbox's images to the Loop. An image leaves the outbox only if the Loop has acknowledged it, or refuses
/// it for good: then it is moved to `rejected/`.
class OutboxUploader {
public:
    /// Sends a form with the files of images; the answer as it came. Errors: not_found if a file cannot be read.
    using Send = std::function<Task<Result<http::Answer>>(std::vector<http::FormPart>)>;

    OutboxUploader(Outbox& outbox, LoopClient& loop, UploadOptions const& options = {});
    OutboxUploader(Outbox& outbox, Send send, UploadOptions const& options = {});

    Task<> run(); ///< Until cancelled.

    OutboxMode mode() const { return mode_; }

    /// `stopped` ends the uploads in flight at once: their images stay in the outbox.
    void set_mode(OutboxMode mode);

    /// The same by its name. Errors: unprocessable if there is no such mode, with the text that peers know.
    Result<void> choose_mode(std::string_view name);

    /// Why uploads fail at present; nullopt if they do not.
    std::optional<std::string> const& problem() const { return problem_; }

private:
    using Time = UploadPace::Time;
    using Batch = std::vector<OutboxItem>;

    std::chrono::milliseconds time_to_next_look() const;
    void start_uploads(TaskGroup& uploads);
    bool may_start() const;
    Task<> upload(Batch batch);
    void defer_others(Batch& batch, Batch const& ready);
    Task<bool> deliver(Batch batch); ///< Returns false if the Loop cannot take images now.
    Task<bool> deliver_halves(Batch batch);
    Task<Result<http::Answer>> send(Batch const& batch);

    Outbox& outbox_;
    Send send_;
    UploadPace pace_;
    std::vector<OutboxItem> deferred_; ///< The disk does not let them be sent yet.
    Time deferred_until_{};
    std::chrono::milliseconds wait_for_clock_;
    Time started_ = std::chrono::steady_clock::now();
    int in_flight_ = 0;
    Interruptible sending_;
    OutboxMode mode_ = OutboxMode::continuous_upload;
    std::optional<std::string> problem_;
};

} // namespace learning_loop
