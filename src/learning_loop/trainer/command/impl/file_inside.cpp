#include "learning_loop/trainer/command/impl/file_inside.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"

#include <algorithm>

namespace learning_loop {
namespace fs = std::filesystem;

Result<fs::path> find_inside(fs::path const& folder, fs::path const& named)
{
    std::error_code error;
    auto const name = "'" + printable(named.string()) + "'";
    auto const within = fs::canonical(folder, error);
    auto const found = error ? fs::path() : fs::canonical(folder / named, error);
    bool const is_missing = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
    if (is_missing) return Error{Errc::not_found, name + " is not there (" + error.message() + ")"};
    if (error) return Error{Errc::unavailable, name + " cannot be looked at (" + error.message() + ")"};
    auto const [end, rest] = std::mismatch(within.begin(), within.end(), found.begin(), found.end());
    if (end == within.end() && rest != found.end()) return found;
    return Error{Errc::invalid_argument, name + " lies outside of the training's folder"};
}

Result<fs::path> find_model_file(fs::path const& folder, fs::path const& named)
{
    auto const found = find_inside(folder, named);
    if (!found && found.error().code == Errc::not_found)
        return Error{Errc::invalid_argument, found.error().message}; // who named it was wrong
    if (!found) return found.error();
    auto const name = "'" + printable(named.string()) + "'";
    if (!fs::is_regular_file(*found)) return Error{Errc::invalid_argument, name + " is no file"};
    if (fs::file_size(*found) > loop_api::max_model_bytes)
        return Error{Errc::invalid_argument,
                     name + " has more bytes than the " + std::to_string(loop_api::max_model_bytes) + " of a model"};
    return found;
}

} // namespace learning_loop
