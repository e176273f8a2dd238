#include "learning_loop/json/pretty_json.h"

#include "learning_loop/json/json.h"

#include <utility>

namespace learning_loop {
namespace {

namespace json = boost::json;

void append(std::string& out, json::value const& value, std::size_t depth);

/// `[` or `{`, each element on a line of its own, and the end.
template <class List, class Write>
void append_list(std::string& out, List const& list, std::size_t depth, Write write)
{
    for (bool first = true; auto const& element : list) {
        if (!std::exchange(first, false)) out += ',';
        out += '\n' + std::string(2 * (depth + 1), ' ');
        write(element);
    }
    out += '\n' + std::string(2 * depth, ' ');
}

void append(std::string& out, json::value const& value, std::size_t depth)
{
    if (auto const* array = value.if_array(); array && !array->empty()) {
        out += '[';
        append_list(out, *array, depth, [&](json::value const& element) { append(out, element, depth + 1); });
        out += ']';
    } else if (auto const* object = value.if_object(); object && !object->empty()) {
        out += '{';
        append_list(out, *object, depth, [&](json::key_value_pair const& member) {
            out += to_text(json::value(member.key())) + ": ";
            append(out, member.value(), depth + 1);
        });
        out += '}';
    } else {
        out += to_text(value);
    }
}

} // namespace

std::string pretty_text(json::value const& value)
{
    std::string out;
    append(out, value, 0);
    return out + '\n';
}

} // namespace learning_loop
