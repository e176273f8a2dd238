#include "learning_loop/data/remark.h"

#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"

namespace learning_loop {

void Remarks::add(std::string field, std::string reason, std::string_view value)
{
    if (list_.size() < max_remarks) {
        // A character that is cut in its middle would not be text any more.
        bool const is_short = value.size() <= max_value_bytes && is_utf8(value);
        list_.push_back({std::move(field), std::move(reason), is_short ? std::string(value) : printable(value)});
        return;
    }
    if (left_out_++ == 0) list_.push_back({});
    list_.back() = {"", "and " + std::to_string(left_out_) + " more, which are not kept", ""};
}

template JsonType const& json_type<Remark>();

} // namespace learning_loop
