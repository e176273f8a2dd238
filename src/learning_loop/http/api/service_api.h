#pragma once

#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace learning_loop::http {

/// Tells whether the parts of a program can do their work.
class Health {
public:
    /// `fault` returns what keeps the part from its work, or nullopt if it is ready. It is called on the io thread and
    /// must not block.
    void add(std::string part, std::function<std::optional<std::string>()> fault);

    /// The faults that there are now, by part.
    std::map<std::string, std::string> faults() const;

private:
    std::map<std::string, std::function<std::optional<std::string>()>> parts_;
};

/// Adds the routes that every program has: /health/live, /health/ready, /metrics, /debug_logging, /openapi.json, and
/// the same for people at /docs and /redoc. To be called last, since the document describes the routes that are there
/// then. Metrics and health must outlive the router.
void add_service_api(Router& router, Metrics& metrics, Health const& health, std::string title);

} // namespace learning_loop::http
