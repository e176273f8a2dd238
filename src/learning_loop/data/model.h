#pragma once

#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace learning_loop {

/// A model of a project, as the Loop keeps it.
struct Model {
    std::string id;
    std::string version;              ///< `<major>.<minor>`, unique in its project.
    std::vector<std::string> formats; ///< In which it can be downloaded.
    std::string created;              ///< In UTC.
    std::string comment;
};
BOOST_DESCRIBE_STRUCT(Model, (), (id, version, formats, created, comment))

// Compiled once, in the .cpp.
extern template JsonType const& json_type<Model>();

} // namespace learning_loop
