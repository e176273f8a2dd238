#include "learning_loop/trainer/dataset/download_pace.h"

#include <algorithm>

namespace learning_loop {

DownloadPace::DownloadPace(DownloadPaceOptions const& options)
    : max_at_once_(options.max_at_once),
      backoff_(options.first_wait, options.max_wait),
      at_once_(std::min(options.first_at_once, options.max_at_once)),
      slow_from_(options.max_at_once)
{}

void DownloadPace::succeeded(Time begun)
{
    if (begun <= last_failure_) return; // it tells nothing of how things are since then
    backoff_.reset();
    failures_in_a_row_ = 0;
    at_once_ = std::min(at_once_ + (at_once_ < slow_from_ ? 1 : 1 / at_once_), max_at_once_);
}

void DownloadPace::failed(Time begun, Time now, std::chrono::milliseconds asked_wait)
{
    if (begun <= last_failure_) {
        not_before_ = std::max(not_before_, now + asked_wait);
        return;
    }
    at_once_ = slow_from_ = std::max(at_once_ / 2, 1.0);
    not_before_ = now + backoff_.next(asked_wait);
    ++failures_in_a_row_;
    last_failure_ = now;
}

} // namespace learning_loop
