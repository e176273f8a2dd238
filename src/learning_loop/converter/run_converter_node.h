#pragma once

#include "learning_loop/converter/converter.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace learning_loop {

/// Runs a converter node until SIGTERM or SIGINT, or until the Loop restarts it. The whole of `main`. `make_converter`
/// is called once. Returns the exit status: see run_node.h.
int run_converter_node(std::string const& name, std::function<std::unique_ptr<Converter>()> const& make_converter,
                       int argc, char const* const* argv);

/// For a converter that is built without arguments.
template <class MyConverter>
int run_converter_node(std::string const& name, int argc, char const* const* argv)
{
    return run_converter_node(
        name, [] { return std::make_unique<MyConverter>(); }, argc, argv);
}

} // namespace learning_loop
