#include "learning_loop/base/error.h"

#include <stdexcept>

namespace learning_loop {

Error missing_value(std::string_view where, std::string_view field)
{
    return {Errc::unprocessable, std::string(field) + ": is missing",
            Fault{std::string(where), std::string(field), "missing", std::nullopt}};
}

Error wrong_value(Fault fault, std::string message)
{
    return {Errc::unprocessable, std::move(message), std::move(fault)};
}

Error placed_in(std::string_view where, Error const& error)
{
    auto fault = error.fault ? *error.fault : Fault{"", "", "value_error", ""};
    fault.where = where;
    return wrong_value(std::move(fault), error.message);
}

void throw_exception_from_error(Error const& error, boost::source_location const&)
{
    throw std::runtime_error(error.message);
}

} // namespace learning_loop
