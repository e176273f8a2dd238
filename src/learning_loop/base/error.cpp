#include "learning_loop/base/error.h"

#include <stdexcept>

namespace learning_loop {

void throw_exception_from_error(Error const& error, boost::source_location const&)
{
    throw std::runtime_error(error.message);
}

} // namespace learning_loop
