#include "learning_loop/trainer/command/nearest_name.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace learning_loop {
namespace {

/// How many letters have to be put in, left out or replaced to make `b` of `a` (Levenshtein).
std::size_t edits_between(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t k = 0; k < b.size(); ++k) {
            std::size_t const replaced = diagonal + (a[i] == b[k] ? 0 : 1);
            diagonal = row[k + 1];
            row[k + 1] = std::min({replaced, row[k] + 1, row[k + 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::optional<std::string_view> nearest_name(std::string_view misspelt, std::span<std::string const> names)
{
    constexpr std::size_t longest = 100; // of a key; the time grows with the square
    std::optional<std::string_view> nearest;
    auto fewest = 1 + (misspelt.size() < 4 ? 1 : std::max<std::size_t>(2, misspelt.size() / 3));
    for (auto const& name : names) {
        auto const edits = misspelt.size() > longest ? fewest : edits_between(misspelt, name);
        if (edits >= fewest) continue;
        fewest = edits;
        nearest = name;
    }
    return nearest;
}

std::string unknown_name(std::string_view misspelt, std::span<std::string const> names)
{
    if (auto const near = nearest_name(misspelt, names))
        return "is unknown here: did you mean '" + std::string(*near) + "'?";
    std::vector<std::string_view> const all(names.begin(), names.end());
    return all.empty() ? "is unknown here: there are none" : "is unknown here: use " + alternatives(all);
}

} // namespace learning_loop
