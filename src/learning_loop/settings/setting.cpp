#include "learning_loop/settings/setting.h"

#include <algorithm>

namespace learning_loop {

std::string Setting::flag() const
{
    return secret ? "" : flag_of(field);
}

std::string flag_of(std::string field)
{
    std::replace(field.begin(), field.end(), '_', '-');
    return "--" + field;
}

} // namespace learning_loop
