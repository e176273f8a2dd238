#include "learning_loop/data/project.h"

namespace learning_loop {

template JsonType const& json_type<ProjectEntry>();
template JsonType const& json_type<ProjectList>();
template JsonType const& json_type<ProjectDetails>();
template JsonType const& json_type<GeneratedProject>();

} // namespace learning_loop
