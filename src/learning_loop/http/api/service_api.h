#pragma once

#include "learning_loop/base/metrics.h"
#include "learning_loop/http/api/router.h"

#include <functional>
#include <map>
#include <optional>
#include <string>

namespace learning_loop::http {

/// Whether a program can do its work, part by part.
class Health {
public:
    /// `fault` tells what keeps the part from its work; nothing: it is ready. Asked on the io thread, does not block.
    void add(std::string part, std::function<std::optional<std::string>()> fault);

    /// The faults of the parts that have one.
    std::map<std::string, std::string> faults() const;

private:
    std::map<std::string, std::function<std::optional<std::string>()>> parts_;
};

/// What every server of ours answers, beside what it is for: /health/live, /health/ready, /metrics, /debug_logging,
/// /openapi.json and the same for people under /docs and /redoc. Add it last: the document is of the routes that are
/// there then. Metrics and health outlive the router.
void add_service_api(Router& router, Metrics& metrics, Health const& health, std::string title);

} // namespace learning_loop::http
