#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/base/error.h"

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>

namespace learning_loop {

/// Finds an argument of handlers that takes a while, such as a row of the database. `Source` is what the handler is
/// called for: a request or an event.
template <class Source>
struct Lookup {
    /// Puts what is found into the object that `into` points to, which is of the lookup's type.
    std::function<Task<Result<void>>(Source& source, void* into)> find;
};

/// The lookups of a server, by the type of what they find. `L` is a Lookup or derived from one.
template <class L>
class Lookups {
public:
    /// Throws std::logic_error if the type has a lookup already.
    void add(std::type_info const& type, L lookup)
    {
        if (!lookups_.emplace(type, std::move(lookup)).second)
            throw std::logic_error(std::string("two lookups find the type ") + type.name());
    }

    /// The reference stays valid. Throws std::logic_error if no lookup finds the type: add it before what takes it.
    L const& of(std::type_info const& type) const
    {
        auto const found = lookups_.find(type);
        if (found == lookups_.end())
            throw std::logic_error(std::string("an argument has the type ") + type.name() +
                                   ", which no lookup finds: add one before what takes it");
        return found->second;
    }

private:
    std::map<std::type_index, L> lookups_;
};

} // namespace learning_loop
