#pragma once

namespace learning_loop {

/// One function of several, for `std::visit`: it does not compile until every alternative is handled.
template <class... Function>
struct Overloaded : Function... {
    using Function::operator()...;
};

} // namespace learning_loop
