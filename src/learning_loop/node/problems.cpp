#include "learning_loop/node/problems.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"

#include <utility>

namespace learning_loop {

bool Problems::set(std::string const& step, std::optional<std::string> problem)
{
    auto const known = problems_.find(step);
    if (!problem) {
        if (known == problems_.end()) return false;
        log::info("{}: all right again", step);
        problems_.erase(known);
        return true;
    }
    if (known != problems_.end() && known->second == *problem) return false;
    log::warn("{}: {}", step, printable(*problem));
    problems_[step] = std::move(*problem);
    return true;
}

} // namespace learning_loop
