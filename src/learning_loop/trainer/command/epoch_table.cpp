#include "learning_loop/trainer/command/epoch_table.h"

#include "learning_loop/base/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace learning_loop {
namespace {

/// nullopt: it is none, or none that is finite.
std::optional<double> finite_number(std::string_view text)
{
    double number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

std::vector<std::string_view> cells_of(std::string_view line)
{
    auto cells = parts_of(line, ',');
    for (auto& cell : cells) {
        cell = trimmed(cell);
        if (cell.size() > 1 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
    }
    return cells;
}

} // namespace

EpochTable::EpochTable(std::filesystem::path file, ProgressSection section, std::optional<double> epochs)
    : tail_(std::move(file), 1), section_(std::move(section)), epochs_(epochs)
{}

void EpochTable::read_new()
{
    for (auto lines = tail_.read_new(); !lines.empty(); lines = tail_.read_new()) {
        for (auto const& line : lines) take(line);
    }
}

void EpochTable::take(std::string_view line)
{
    auto const cells = cells_of(line);
    if (std::ranges::find(cells, section_.epoch) != cells.end()) { // also of a table that was begun anew
        columns_.assign(cells.begin(), cells.end());
        return;
    }
    auto const epoch = value_of(cells, section_.epoch);
    if (!epoch) return;
    progress_.epoch = epoch;
    if (epochs_ && *epochs_ > 0) progress_.fraction = std::clamp(*epoch / *epochs_, 0.0, 1.0);
    for (auto const& [name, column] : section_.metrics) {
        if (auto const value = value_of(cells, column)) progress_.metrics[name] = *value;
    }
}

std::optional<double> EpochTable::value_of(std::vector<std::string_view> const& cells, std::string const& column) const
{
    auto const place = std::ranges::find(columns_, column) - columns_.begin();
    auto const index = static_cast<std::size_t>(place);
    return index < std::min(cells.size(), columns_.size()) ? finite_number(cells[index]) : std::nullopt;
}

} // namespace learning_loop
