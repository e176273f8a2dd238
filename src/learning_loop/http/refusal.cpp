#include "learning_loop/http/refusal.h"

#include <stdexcept>

namespace learning_loop::http {

void throw_exception_from_error(Refusal const& refusal, boost::source_location const&)
{
    throw std::logic_error("the request was refused with " + std::to_string(refusal.response.status));
}

} // namespace learning_loop::http
