#include "learning_loop/base/thread_priority.h"

#include <sys/resource.h>

namespace learning_loop {

void lower_priority_of_thread()
{
    static thread_local bool const once = ::setpriority(PRIO_PROCESS, 0, 19) == 0; // Linux: of this thread alone
    (void)once;
}

} // namespace learning_loop
