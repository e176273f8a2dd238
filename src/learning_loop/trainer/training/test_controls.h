#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace learning_loop {

/// What tests want to fail: true, or a text with which it does; absent, false or empty: it works. The body of
/// `PUT /error_configuration`.
struct ErrorConfiguration {
    std::optional<boost::json::value> begin_training; ///< The event is acked with it.
    std::optional<boost::json::value> save_model;     ///< No model is uploaded.
    std::optional<boost::json::value> get_new_model;  ///< No better state is found.
    std::optional<boost::json::value> crash_training; ///< The process counts as crashed when it is looked at next.
};
BOOST_DESCRIBE_STRUCT(ErrorConfiguration, (), (begin_training, save_model, get_new_model, crash_training))

/// How tests change what a trainer does; without the backdoor nothing ever does.
struct TestControls {
    bool provides_new_models = true; ///< Whether better states are looked for.
    ErrorConfiguration errors;
};

/// unavailable, if tests want this to fail; nullopt otherwise.
inline std::optional<Error> failure_wanted(std::optional<boost::json::value> const& wanted)
{
    if (!wanted) return std::nullopt;
    auto const* const words = wanted->if_string();
    if (words && !words->empty()) return Error{Errc::unavailable, std::string(*words)};
    auto const* const fails = wanted->if_bool();
    if (fails && *fails) return Error{Errc::unavailable, "a test wants this to fail"};
    return std::nullopt;
}

} // namespace learning_loop
