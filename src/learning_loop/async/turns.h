#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/turn.h"
#include "learning_loop/base/error.h"

#include <map>
#include <memory>
#include <string>

namespace learning_loop {

/// A Turn for each name: what may be done once at a time for it. To be used on the io thread.
class Turns {
public:
    /// Waits until nobody has the turn of that name; `Turns` must outlive what is returned. Errors: as `Turn::take`.
    Task<Result<Turn::Held>> take(std::string name);

private:
    std::map<std::string, std::unique_ptr<Turn>> turns_; ///< Those that nobody has or waits for are dropped.
};

} // namespace learning_loop
