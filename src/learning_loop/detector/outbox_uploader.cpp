#include "learning_loop/detector/outbox_uploader.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/text_field.h"

namespace learning_loop {
namespace {

constexpr std::uint64_t max_batch_bytes = 16ull << 20;

/// Whether another try is no use: the Loop will never take this content, or its files are gone.
bool is_refused(Result<http::Answer> const& answer)
{
    if (!answer) return answer.error().code == Errc::not_found;
    return answer->status == 409 || answer->status == 413 || answer->status == 422;
}

std::string reason_of(Result<http::Answer> const& answer)
{
    return answer ? loop_answer_text(*answer) : answer.error().message;
}

Error stopped()
{
    return {Errc::unavailable, "uploads are stopped"};
}

} // namespace

void OutboxUploader::set_mode(OutboxMode mode)
{
    mode_ = mode;
    if (mode == OutboxMode::stopped) sending_.interrupt();
    else problem_.reset(); // it is tried anew
    backoff_.reset();
    outbox_.arrival().wake();
}

Result<void> OutboxUploader::choose_mode(std::string_view name)
{
    auto const mode = http::from_text<OutboxMode>(name);
    if (!mode) {
        return Error{Errc::unprocessable,
                     "Could not set outbox mode: '" + printable(name) + "' is not a valid OutboxMode"};
    }
    set_mode(*mode);
    return {};
}

Task<> OutboxUploader::run()
{
    constexpr std::chrono::hours until_woken{1};
    for (;;) {
        bool const is_stopped = mode_ == OutboxMode::stopped;
        auto batch = is_stopped ? std::vector<OutboxItem>()
                                : outbox_.take_batch(loop_api::max_images_per_upload, max_batch_bytes);
        if (batch.empty()) {
            co_await outbox_.arrival().sleep(until_woken);
            continue;
        }
        bool const done = co_await upload(batch);
        outbox_.release(batch);
        if (done) {
            backoff_.reset();
            problem_.reset();
        } else if (mode_ != OutboxMode::stopped) {
            co_await wait_before_next_try();
        }
    }
}

/// Images that arrive must not shorten the wait, or it would be a busy loop. Only the mode `stopped` ends it early.
Task<> OutboxUploader::wait_before_next_try()
{
    auto const until = std::chrono::steady_clock::now() + backoff_.next(asked_wait_);
    while (mode_ != OutboxMode::stopped && std::chrono::steady_clock::now() < until)
        co_await outbox_.arrival().sleep(std::chrono::milliseconds(200));
}

Task<bool> OutboxUploader::upload(std::vector<OutboxItem> batch)
{
    auto const answer = co_await send(batch);
    asked_wait_ = answer ? answer->retry_after : std::chrono::seconds(0);
    if (answer && answer->status == 200) {
        co_await outbox_.remove(std::move(batch));
        co_return true;
    }
    if (is_refused(answer)) {
        if (batch.size() > 1) co_return co_await upload_halves(std::move(batch));
        co_await outbox_.reject(batch.front(), reason_of(answer));
        co_return true;
    }
    auto const why = printable(reason_of(answer));
    if (problem_ != why) log::warn("uploads wait: {}", why);
    problem_ = why;
    co_return false;
}

/// Finds the image that is refused, so that the others do not wait for it.
Task<bool> OutboxUploader::upload_halves(std::vector<OutboxItem> batch)
{
    auto const middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    bool const first = co_await upload(std::vector(batch.begin(), middle));
    if (!first) co_return false;
    co_return co_await upload(std::vector(middle, batch.end()));
}

Task<Result<http::Answer>> OutboxUploader::send(std::vector<OutboxItem> batch)
{
    if (mode_ == OutboxMode::stopped) co_return stopped(); // between the halves of a batch
    std::string const field(loop_api::files_field);
    std::vector<http::FormPart> parts;
    for (auto const& item : batch) {
        auto const folder = outbox_.folder_of(item);
        auto const json = item.file_name(".json");
        auto const jpeg = item.file_name(".jpg");
        parts.push_back({field, json, "text/plain; charset=utf-8", folder / json});
        parts.push_back({field, jpeg, "image/jpeg", folder / jpeg});
    }
    auto answer = co_await sending_.run(loop_.upload_images(std::move(parts)));
    if (!answer) co_return stopped();
    co_return std::move(*answer);
}

} // namespace learning_loop
