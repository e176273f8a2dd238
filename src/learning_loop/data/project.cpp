#include "learning_loop/data/project.h"

namespace learning_loop {

template JsonType const& json_type<ProjectEntry>();
template JsonType const& json_type<ProjectList>();
template JsonType const& json_type<ProjectDetails>();
template JsonType const& json_type<GeneratedProject>();
template JsonType const& json_type<NewProject>();
template JsonType const& json_type<DeletedProject>();
template JsonType const& json_type<Split>();
template JsonType const& json_type<SplitChange>();

} // namespace learning_loop
