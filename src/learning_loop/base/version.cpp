#include "learning_loop/base/version.h"

namespace learning_loop {

std::string_view version()
{
    return LL_VERSION;
}

} // namespace learning_loop
