#include "learning_loop/http/api/exact_json.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"

#include <boost/json/array.hpp>

#include <algorithm>
#include <vector>

namespace learning_loop::http {
namespace {

namespace json = boost::json;

using Names = std::vector<std::string_view>;

std::string_view view_of(json::string_view text)
{
    return {text.data(), text.size()};
}

Result<void> refuse_other_keys_at(json::object const& object, JsonPath const& path,
                                  std::span<std::string_view const> known)
{
    for (auto const& member : object) {
        auto const key = view_of(member.key());
        if (std::ranges::find(known, key) != known.end()) continue;
        auto const place = (path / printable(key)).text();
        return wrong_value({"body", place, "extra_forbidden", ""}, place + ": is unknown: use " + alternatives(known));
    }
    return {};
}

/// `known` is what was read of `sent`, written again: it has every key that there is.
Result<void> compare(json::value const& sent, json::value const& known, JsonPath const& path)
{
    if (sent.is_array() && known.is_array()) {
        auto const& left = sent.get_array();
        auto const& right = known.get_array();
        for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
            if (auto good = compare(left[i], right[i], path / i); !good) return good;
        }
    }
    if (!sent.is_object() || !known.is_object()) return {};
    Names names;
    for (auto const& member : known.get_object()) names.push_back(view_of(member.key()));
    if (auto good = refuse_other_keys_at(sent.get_object(), path, names); !good) return good;
    for (auto const& member : sent.get_object()) {
        auto const key = view_of(member.key());
        if (auto good = compare(member.value(), known.get_object().at(member.key()), path / key); !good) return good;
    }
    return {};
}

} // namespace

Result<void> refuse_other_keys(json::value const& json, std::span<std::string_view const> known)
{
    auto const* const object = json.if_object();
    return object ? refuse_other_keys_at(*object, {}, known) : Result<void>();
}

namespace argument_detail {

Result<void> read_exact_json_body(Request const& request, JsonType const& type, void* into)
{
    auto const json = parse_json(request.body, "the body");
    if (!json) return placed_in("body", json.error());
    auto const read = type.read(*json, {}, into);
    // A misspelt key first: it is why another one is missing.
    if (!read && read.error().fault && read.error().fault->type != "missing") return placed_in("body", read.error());
    if (auto good = compare(*json, type.write(into), {}); !good) return good;
    if (!read) return placed_in("body", read.error());
    return {};
}

} // namespace argument_detail

} // namespace learning_loop::http
