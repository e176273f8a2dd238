#pragma once

#include "learning_loop/base/error.h"

#include <set>
#include <string>
#include <string_view>

namespace learning_loop {

/// The names of one zip's entries: each is fit to be a file's name in any folder, and none comes twice.
class ZipNames {
public:
    /// Errors: invalid_argument if one is unsafe; the message names the entry and what is wrong with it.
    Result<void> add(std::string_view name);

    std::size_t size() const { return seen_.size(); }

private:
    std::set<std::string> seen_; ///< In lower case: some file systems make no difference.
};

} // namespace learning_loop
