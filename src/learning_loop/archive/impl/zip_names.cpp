#include "learning_loop/archive/impl/zip_names.h"

#include "learning_loop/base/text.h"

#include <algorithm>

namespace learning_loop {
namespace {

/// As Windows writes it: `C:file`.
bool has_drive(std::string_view name)
{
    return name.size() > 1 && name[1] == ':';
}

std::string_view last_part(std::string_view name)
{
    return name.substr(name.rfind('/') + 1);
}

} // namespace

Error wrong_entry(std::string_view name, std::string const& why, Errc code)
{
    return {code, "zip entry \"" + printable(name) + "\": " + why};
}

Result<void> ZipNames::add(std::string_view name)
{
    constexpr std::size_t max_characters = 255;
    if (name.empty()) return wrong_entry(name, "has no name");
    if (name.size() > max_characters) return wrong_entry(name, "its name is longer than 255 characters");
    if (name == "." || name == "..") return wrong_entry(name, "is the name of a folder");
    if (has_drive(name) || name.find_first_of("/\\") != std::string_view::npos)
        return wrong_entry(name, "has a folder: pack the files side by side");
    auto const plain = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::ranges::all_of(name, plain))
        return wrong_entry(name, "its name holds more than printable ASCII: rename the file");
    if (!seen_.insert(lower_case(name)).second)
        return wrong_entry(name, "comes twice; upper and lower case make no difference");
    return {};
}

Result<std::optional<std::string>> FlatZipNames::add(std::string_view name)
{
    if (auto safe = stays_below(name); !safe) return safe.error();
    if (name.starts_with("__MACOSX/") || last_part(name) == ".DS_Store") {
        has_left_out_ = true;
        return std::optional<std::string>();
    }
    if (name.ends_with('/')) return std::optional<std::string>(); // a folder alone; its files come by themselves
    auto const file = last_part(name);
    auto const folder = name.substr(0, name.size() - file.size());
    if (!folder_) folder_ = folder;
    if (folder != *folder_ || std::ranges::count(folder, '/') > 1)
        return wrong_entry(name, "has a folder of its own: pack the files side by side, or all of them in one folder");
    if (auto fit = names_.add(file); !fit) return fit.error();
    return std::optional(std::string(file));
}

std::vector<std::string> FlatZipNames::remarks() const
{
    std::vector<std::string> remarks;
    if (has_left_out_) remarks.emplace_back("what macOS adds (__MACOSX, .DS_Store) was left out");
    if (folder_ && !folder_->empty())
        remarks.push_back("the folder " + printable(*folder_) + " was taken off: the files lie side by side");
    return remarks;
}

Result<void> stays_below(std::string_view name)
{
    constexpr auto why = "has a folder that leads out: pack the files side by side";
    if (name.empty() || has_drive(name) || name.find('\\') != std::string_view::npos) return wrong_entry(name, why);
    auto const leads_out = [](std::string_view part) { return part.empty() || part == "." || part == ".."; };
    if (std::ranges::any_of(parts_of(name, '/'), leads_out)) return wrong_entry(name, why);
    return {};
}

} // namespace learning_loop
