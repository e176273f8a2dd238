#include "learning_loop/detector/outbox_uploader.h"

#include "learning_loop/base/log.h"

namespace learning_loop {
namespace {

constexpr std::size_t max_images = 20; ///< A request: what peers send, so what every Loop takes.
constexpr std::uint64_t max_batch_bytes = 16ull << 20;

/// The Loop will never take this content, or its files are gone, whatever we try.
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
    backoff_.reset();
    outbox_.arrival().wake();
}

Task<> OutboxUploader::run()
{
    constexpr std::chrono::hours until_woken{1};
    for (;;) {
        auto batch = mode_ == OutboxMode::stopped ? std::vector<OutboxItem>()
                                                  : outbox_.next_batch(max_images, max_batch_bytes);
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
            auto const wait = backoff_.next(asked_wait_);
            auto const until = std::chrono::steady_clock::now() + wait;
            // New images must not turn the wait into a busy loop; a change of mode may cut it short.
            while (mode_ != OutboxMode::stopped && std::chrono::steady_clock::now() < until) {
                co_await outbox_.arrival().sleep(std::chrono::milliseconds(200));
            }
        }
    }
}

Task<bool> OutboxUploader::upload(std::vector<OutboxItem> batch)
{
    auto const answer = co_await sent(batch);
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

/// One of them is broken: the others must not wait for it.
Task<bool> OutboxUploader::upload_halves(std::vector<OutboxItem> batch)
{
    auto const middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    bool const first = co_await upload(std::vector(batch.begin(), middle));
    co_return first&& co_await upload(std::vector(middle, batch.end()));
}

Task<Result<http::Answer>> OutboxUploader::sent(std::vector<OutboxItem> batch)
{
    if (mode_ == OutboxMode::stopped) co_return stopped(); // between the halves of a batch
    std::vector<http::FormPart> parts;
    for (auto const& item : batch) {
        auto const folder = outbox_.folder_of(item);
        auto const json = item.file_name(".json");
        auto const jpeg = item.file_name(".jpg");
        parts.push_back({"files", json, "text/plain; charset=utf-8", folder / json});
        parts.push_back({"files", jpeg, "image/jpeg", folder / jpeg});
    }
    auto answer = co_await sending_.run(loop_.upload_images(std::move(parts)));
    if (!answer) co_return stopped();
    co_return std::move(*answer);
}

} // namespace learning_loop
