#include "learning_loop/archive/impl/zip_names.h"

#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop {

Result<void> ZipNames::add(std::string_view name)
{
    constexpr std::size_t max_characters = 255;
    auto const refusal = [&](std::string const& why) {
        return Error{Errc::invalid_argument, "zip entry \"" + printable(name) + "\": " + why};
    };
    if (name.empty()) return refusal("has no name");
    if (name.size() > max_characters) return refusal("its name is longer than 255 characters");
    if (name == "." || name == "..") return refusal("is the name of a folder");
    if (name.find_first_of("/\\") != std::string_view::npos)
        return refusal("has a folder: pack the files side by side");
    auto const plain = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::ranges::all_of(name, plain)) return refusal("its name holds more than printable ASCII: rename the file");
    if (!seen_.insert(lower_case(name)).second) return refusal("comes twice");
    return {};
}

} // namespace learning_loop
