#include "learning_loop/server/images/image_ids.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"

#include <unordered_set>

namespace learning_loop {

Result<std::vector<std::string>> checked_image_ids(std::vector<std::string> const& ids, std::string_view field,
                                                   std::size_t max_count)
{
    std::vector<std::string> checked;
    std::unordered_set<std::string> seen;
    auto const wrong = [&](std::string const& why) {
        return Error{Errc::unprocessable, std::string(field) + ": " + why};
    };
    if (ids.size() > max_count) return wrong("more than " + std::to_string(max_count) + ": ask in several requests");
    for (auto const& id : ids) {
        if (!is_uuid(id)) return wrong("'" + printable(id) + "' is no UUID");
        if (seen.insert(lower_case(id)).second) checked.push_back(lower_case(id));
    }
    return checked;
}

} // namespace learning_loop
