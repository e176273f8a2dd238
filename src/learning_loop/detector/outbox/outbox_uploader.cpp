#include "learning_loop/detector/outbox/outbox_uploader.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/text_field.h"
#include "learning_loop/node/loop_client.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::chrono::milliseconds max_wait{1000};
constexpr std::chrono::seconds time_of_deferring{60};

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

std::uint64_t bytes_of(std::vector<OutboxItem> const& batch)
{
    std::uint64_t bytes = 0;
    for (auto const& item : batch) bytes += item.bytes;
    return bytes;
}

UploadPace::Time now()
{
    return std::chrono::steady_clock::now();
}

} // namespace

OutboxUploader::OutboxUploader(Outbox& outbox, LoopClient& loop, UploadOptions const& options)
    : OutboxUploader(
          outbox, [&loop](std::vector<http::FormPart> parts) { return loop.upload_images(std::move(parts)); }, options)
{}

OutboxUploader::OutboxUploader(Outbox& outbox, Send send, UploadOptions const& options)
    : outbox_(outbox), send_(std::move(send)), pace_(options), wait_for_clock_(options.wait_for_clock)
{}

void OutboxUploader::set_mode(OutboxMode mode)
{
    mode_ = mode;
    if (mode == OutboxMode::stopped) sending_.interrupt();
    else problem_.reset(); // it is tried anew
    pace_.try_at_once();
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
    namespace asio = boost::asio;
    auto after_an_exception = [this] {
        problem_ = "an upload has failed: the log tells why";
        pace_.failed(now(), now(), std::chrono::milliseconds(0));
    };
    TaskGroup uploads(co_await asio::this_coro::executor, after_an_exception); // as of a disk that fails
    in_flight_ = 0;
    std::exception_ptr end;
    try {
        for (;;) {
            start_uploads(uploads);
            co_await outbox_.arrival().sleep(time_to_next_look());
        }
    } catch (...) {
        end = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation()); // they must end before this does
    uploads.cancel();
    co_await uploads.join();
    std::rethrow_exception(end);
}

/// Until the wait after a failure is over, a second at most.
std::chrono::milliseconds OutboxUploader::time_to_next_look() const
{
    auto const at = now();
    auto const not_before = pace_.not_before();
    if (not_before <= at) return max_wait;
    return std::min(max_wait, std::chrono::ceil<std::chrono::milliseconds>(not_before - at));
}

void OutboxUploader::start_uploads(TaskGroup& uploads)
{
    if (now() >= deferred_until_) outbox_.release(std::exchange(deferred_, {}));
    while (may_start()) {
        auto batch = outbox_.take_batch(loop_api::max_images_per_upload, pace_.batch_bytes());
        if (batch.empty()) return;
        ++in_flight_;
        uploads.spawn("an upload", upload(std::move(batch)));
    }
}

bool OutboxUploader::may_start() const
{
    if (mode_ == OutboxMode::stopped || now() < pace_.not_before()) return false;
    // Once the network is there, the clock is set soon: dates can be mended only before an image is sent.
    if (now() < started_ + wait_for_clock_ && !read_clocks().has_date()) return false;
    return in_flight_ < pace_.at_once();
}

Task<> OutboxUploader::upload(Batch batch)
{
    struct Release {
        OutboxUploader& uploader;
        Batch const& batch;
        ~Release()
        {
            --uploader.in_flight_;
            uploader.outbox_.release(batch);
            uploader.outbox_.arrival().wake(); // for the next upload
        }
    };
    Release const release{*this, batch};
    auto const ready = co_await outbox_.settle_dates(batch);
    defer_others(batch, ready);
    if (batch.empty() || co_await deliver(batch)) problem_.reset();
}

/// What is not ready stays taken for a while, so that the others go on. `batch` is what is ready then.
void OutboxUploader::defer_others(Batch& batch, Batch const& ready)
{
    if (ready.size() == batch.size()) return;
    for (auto& item : batch) {
        auto const is_it = [&](OutboxItem const& other) { return other.id == item.id; };
        if (std::ranges::none_of(ready, is_it)) deferred_.push_back(std::move(item));
    }
    batch = ready;
    deferred_until_ = now() + time_of_deferring;
}

Task<bool> OutboxUploader::deliver(Batch batch)
{
    auto const begun = now();
    auto const answer = co_await send(batch);
    if (answer && answer->status == 200) {
        pace_.succeeded(bytes_of(batch), begun, now());
        co_await outbox_.remove(std::move(batch));
        co_return true;
    }
    if (is_refused(answer)) {
        if (answer && answer->status == 413) pace_.too_large(bytes_of(batch));
        if (batch.size() > 1) co_return co_await deliver_halves(std::move(batch));
        co_await outbox_.reject(batch.front(), reason_of(answer));
        co_return true;
    }
    auto const why = printable(reason_of(answer));
    if (problem_ != why) log::warn("uploads wait: {}", why);
    problem_ = why;
    if (mode_ != OutboxMode::stopped)
        pace_.failed(begun, now(), answer ? answer->retry_after : std::chrono::seconds(0));
    co_return false;
}

/// Finds the image that is refused, so that the others do not wait for it.
Task<bool> OutboxUploader::deliver_halves(Batch batch)
{
    auto const middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
    bool const first = co_await deliver(Batch(batch.begin(), middle));
    if (!first) co_return false;
    co_return co_await deliver(Batch(middle, batch.end()));
}

Task<Result<http::Answer>> OutboxUploader::send(Batch const& batch)
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
    auto answer = co_await sending_.run(send_(std::move(parts)));
    if (!answer) co_return stopped();
    co_return std::move(*answer);
}

} // namespace learning_loop
