#pragma once

#include "learning_loop/converter/conversion_choice.h"

#include <string>

namespace learning_loop::test {

inline std::string model_id(int number)
{
    return "0f6c1b5e-0000-4000-8000-00000000000" + std::to_string(number);
}

/// A model of zauberzeug/demo in format_a, for a converter to format_b.
inline SourceModel a_model(int number = 1, std::string const& node_version = "")
{
    ModelWithFormats listed{{model_id(number), std::to_string(number) + ".0"}, {"format_a"}, {}, {}};
    return source_model({"zauberzeug", "demo"}, std::move(listed), {"format_a", "format_b"}, node_version);
}

} // namespace learning_loop::test
