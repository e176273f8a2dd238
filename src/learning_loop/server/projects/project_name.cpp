#include "learning_loop/server/projects/project_name.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"

namespace learning_loop {

Result<std::string> project_id_from(std::string const& project_name)
{
    auto id = lower_case(project_name);
    if (is_name(id)) return id;
    return Error{Errc::unprocessable,
                 "project_name: '" + printable(project_name) +
                     "' is no id: use 1 to 100 of a-z, 0-9, '_', '-' and '.', beginning with none of the last two"};
}

Result<void> check_organization(std::string const& id)
{
    if (is_name(id) && lower_case(id) == id) return {};
    return Error{Errc::unprocessable, "organization: its id is made of a-z, 0-9, '_', '-' and '.'"};
}

} // namespace learning_loop
