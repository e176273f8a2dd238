#pragma once

#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"

#include <chrono>
#include <map>
#include <string_view>
#include <unordered_map>

namespace learning_loop::http {

/// Counts and times the requests of a server, by route and status.
class RequestMetrics {
public:
    explicit RequestMetrics(Metrics& metrics) : metrics_(metrics) {}

    /// `route`: nullptr if none was found.
    void count(Route const* route, int status, std::chrono::nanoseconds took);

private:
    struct OfRoute {
        prometheus::Histogram* seconds = nullptr;
        std::map<int, prometheus::Counter*> requests;
    };

    Metrics& metrics_;
    std::unordered_map<Route const*, OfRoute> routes_;
};

} // namespace learning_loop::http
