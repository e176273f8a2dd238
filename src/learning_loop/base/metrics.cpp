#include "learning_loop/base/metrics.h"

#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <vector>

namespace learning_loop {

struct Metrics::Parts {
    struct LiveGauge {
        prometheus::Gauge& gauge;
        std::function<double()> now;
    };

    struct LiveInfo {
        prometheus::Family<prometheus::Gauge>& family;
        std::function<Labels()> now;
        prometheus::Gauge* told = nullptr;

        void tell()
        {
            if (told) family.Remove(told);
            told = &family.Add(now());
            told->Set(1);
        }
    };

    prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
    std::vector<LiveGauge> gauges;
    std::vector<LiveInfo> infos;
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

prometheus::Counter& Metrics::counter(std::string const& name, std::string const& help, Labels const& labels)
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(parts_->registry).Add(labels);
}

prometheus::Histogram& Metrics::histogram(std::string const& name, std::string const& help, Labels const& labels,
                                          prometheus::Histogram::BucketBoundaries const& bounds)
{
    return prometheus::BuildHistogram().Name(name).Help(help).Register(parts_->registry).Add(labels, bounds);
}

void Metrics::gauge(std::string const& name, std::string const& help, std::function<double()> now)
{
    auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(parts_->registry).Add({});
    parts_->gauges.push_back({gauge, std::move(now)});
}

void Metrics::info(std::string const& name, std::string const& help, std::function<Labels()> now)
{
    auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(parts_->registry);
    parts_->infos.push_back({family, std::move(now)});
}

std::string Metrics::text() const
{
    for (auto const& live : parts_->gauges) live.gauge.Set(live.now());
    for (auto& live : parts_->infos) live.tell();
    return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

} // namespace learning_loop
