#include "learning_loop/http/server/request_metrics.h"

namespace learning_loop::http {
namespace {

prometheus::Histogram::BucketBoundaries const bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,    0.25,  0.5,    1,     2.5,  10,    60};

Metrics::Labels labels_of(Route const* route)
{
    if (!route) return {{"method", "-"}, {"route", "none"}};
    return {{"method", route->method}, {"route", route->pattern}};
}

} // namespace

void RequestMetrics::count(Route const* route, int status, std::chrono::nanoseconds took)
{
    auto& of_route = routes_[route];
    if (!of_route.seconds) {
        of_route.seconds = &metrics_.histogram("http_request_duration_seconds",
                                               "From the first byte of a request to the last of its answer.",
                                               labels_of(route), bounds);
    }
    auto& requests = of_route.requests[status];
    if (!requests) {
        auto labels = labels_of(route);
        labels["status"] = std::to_string(status);
        requests = &metrics_.counter("http_requests_total", "Requests that were answered.", labels);
    }
    requests->Increment();
    of_route.seconds->Observe(std::chrono::duration<double>(took).count());
}

} // namespace learning_loop::http
