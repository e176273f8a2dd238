#include "learning_loop/detector/outbox/upload_pace.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr std::uint64_t first_batch_bytes = UploadPace::min_batch_bytes;

} // namespace

UploadPace::UploadPace(UploadOptions const& options)
    : options_(options), backoff_(options.first_wait, options.max_wait), batch_bytes_(first_batch_bytes)
{}

void UploadPace::succeeded(std::uint64_t bytes, Time begun, Time now)
{
    using Seconds = std::chrono::duration<double>;
    auto const took = std::max(Seconds(now - begun).count(), 1e-3);
    auto const fitting = static_cast<double>(bytes) / took * Seconds(options_.time_of_batch).count();
    auto const most = static_cast<double>(std::min(2 * batch_bytes_, largest_)); // one fast answer is no promise
    batch_bytes_ = static_cast<std::uint64_t>(std::clamp(fitting, static_cast<double>(min_batch_bytes), most));
    // A link that is full takes longer for each: then another upload would only hold up the images of priority.
    if (now - begun < options_.time_of_batch) at_once_ = std::min(at_once_ + 1, options_.max_at_once);
    else if (now - begun > 2 * options_.time_of_batch) at_once_ = std::max(at_once_ - 1, 1);
    if (begun > last_failure_) backoff_.reset();
}

void UploadPace::failed(Time begun, Time now, std::chrono::milliseconds asked_wait)
{
    at_once_ = 1;
    batch_bytes_ = std::max(batch_bytes_ / 2, min_batch_bytes);
    bool const is_known = begun <= last_failure_;
    not_before_ = is_known ? std::max(not_before_, now + asked_wait) : now + backoff_.next(asked_wait);
    last_failure_ = now;
}

void UploadPace::too_large(std::uint64_t bytes)
{
    largest_ = std::max(std::min(largest_, bytes / 2), min_batch_bytes);
    batch_bytes_ = std::min(batch_bytes_, largest_);
}

void UploadPace::try_at_once()
{
    backoff_.reset();
    not_before_ = Time::min();
}

} // namespace learning_loop
