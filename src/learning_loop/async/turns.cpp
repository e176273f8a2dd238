#include "learning_loop/async/turns.h"

namespace learning_loop {

Task<Result<Turn::Held>> Turns::take(std::string name)
{
    constexpr std::size_t max_waiting = 100;
    std::erase_if(turns_, [&](auto const& one) { return one.first != name && one.second->is_free(); });
    auto& turn = turns_[name];
    if (!turn) turn = std::make_unique<Turn>("the turn of " + name, max_waiting);
    co_return co_await turn->take();
}

} // namespace learning_loop
