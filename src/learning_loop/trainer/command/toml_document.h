#pragma once

#include "learning_loop/base/error.h"

#include <boost/json/object.hpp>

#include <map>
#include <string>
#include <string_view>

namespace learning_loop {

/// A TOML document as JSON, and where in its text things stand.
class TomlDocument {
public:
    /// Dates and times become texts. Errors: invalid_argument if it is no TOML; the message begins with the line, as
    /// `12: `.
    static Result<TomlDocument> parse(std::string_view text);

    boost::json::object const& root() const { return root_; }

    /// The line, counted from 1, of what stands at a path as `commands.train[2]`; of what is not there, that of the
    /// innermost table or list around it. 0: there is none.
    int line_of(std::string_view path) const;

private:
    boost::json::object root_;
    std::map<std::string, int, std::less<>> lines_; ///< By path.
};

} // namespace learning_loop
