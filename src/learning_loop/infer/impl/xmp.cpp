#include "learning_loop/infer/impl/xmp.h"

namespace learning_loop {

std::optional<int> xmp_orientation(std::string_view xml)
{
    constexpr int upright = 1;
    constexpr std::string_view name = "tiff:Orientation", attribute = "=\"", element = ">";
    for (auto at = xml.find(name); at != std::string_view::npos; at = xml.find(name, at)) {
        at += name.size();
        auto rest = xml.substr(at);
        if (rest.starts_with(attribute)) rest.remove_prefix(attribute.size());
        else if (rest.starts_with(element)) rest.remove_prefix(element.size());
        else continue;
        if (rest.empty() || rest.front() < '0' || rest.front() > '9') continue;
        int const value = rest.front() - '0';
        return value >= 1 && value <= 8 ? value : upright;
    }
    return std::nullopt;
}

} // namespace learning_loop
