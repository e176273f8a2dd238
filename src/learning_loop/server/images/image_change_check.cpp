#include "learning_loop/server/images/image_change_check.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <string>

namespace learning_loop {
namespace {

Result<void> check_tags(std::vector<std::string> const& tags, std::string const& field)
{
    for (auto const& tag : tags) {
        if (tag.empty() || tag.size() > max_tag_bytes)
            return wrong_value({"body", field, "value_error", ""}, field + ": a tag has 1 to 200 bytes");
    }
    return {};
}

} // namespace

Result<void> check_image_change(ImageChangeRequest const& change)
{
    if (change.image_ids.empty()) return missing_value("body", "image_ids");
    if (auto good = check_tags(change.add_tags, "add_tags"); !good) return good;
    if (auto good = check_tags(change.remove_tags, "remove_tags"); !good) return good;
    if (!change.state && !change.set && change.add_tags.empty() && change.remove_tags.empty()) {
        return Error{Errc::unprocessable,
                     "nothing is to be changed: give at least one of state, set, add_tags and remove_tags"};
    }
    for (auto const& tag : change.add_tags) {
        if (std::ranges::find(change.remove_tags, tag) == change.remove_tags.end()) continue;
        return wrong_value({"body", "remove_tags", "value_error", ""},
                           "remove_tags: '" + printable(tag) + "' stands in add_tags, too: leave one of them out");
    }
    return {};
}

} // namespace learning_loop
