#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace learning_loop {

/// What a program counts and measures, as Prometheus reads it. Names end in their unit, as `_seconds`, `_bytes`, and in
/// `_total` for what only grows. Thread safe but for `gauge` and `info`.
class Metrics {
public:
    using Labels = std::map<std::string, std::string>;

    Metrics();
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;
    ~Metrics();

    /// The one of that name and those labels, made at the first call. It lives as long as this.
    prometheus::Counter& counter(std::string const& name, std::string const& help, Labels const& labels = {});
    prometheus::Histogram& histogram(std::string const& name, std::string const& help, Labels const& labels,
                                     prometheus::Histogram::BucketBoundaries const& bounds);

    /// A value that `now` tells whenever the metrics are read, on the thread that reads them.
    void gauge(std::string const& name, std::string const& help, std::function<double()> now);

    /// What is told by labels, as `model_info{version="1.3"} 1`; `now` is called as that of a gauge.
    void info(std::string const& name, std::string const& help, std::function<Labels()> now);

    /// Everything, in Prometheus' text format.
    std::string text() const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace learning_loop
