#include "learning_loop/http/server/parts.h"

namespace learning_loop {

void Parts::start(TaskGroup&) {}

Task<> Parts::disconnect()
{
    co_return;
}

Task<bool> Parts::finish()
{
    co_return true;
}

} // namespace learning_loop
