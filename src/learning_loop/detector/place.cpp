#include "learning_loop/detector/place.h"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace learning_loop {
namespace {

constexpr double similar_distance_px = 10;

/// A box along one axis. Wider than an `int`, since the end of a box of any `int`s has to fit.
struct Side {
    std::int64_t start, length;
};

Side horizontal(BoxPlace const& box)
{
    return {box.x, box.width};
}

Side vertical(BoxPlace const& box)
{
    return {box.y, box.height};
}

/// How much two sides share; nothing: zero or less.
std::int64_t shared_length(Side a, Side b)
{
    return std::min(a.start + a.length, b.start + b.length) - std::max(a.start, b.start);
}

/// Of lengths of at least zero.
std::uint64_t area(std::int64_t width, std::int64_t height)
{
    return static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height);
}

bool are_similar(BoxPlace const& a, BoxPlace const& b)
{
    auto const width = shared_length(horizontal(a), horizontal(b));
    auto const height = shared_length(vertical(a), vertical(b));
    if (width <= 0 || height <= 0) return false;
    // intersection / union >= 1/2, where the union is both areas less the intersection
    return 3 * area(width, height) >= area(a.width, a.height) + area(b.width, b.height);
}

bool are_similar(Point const& a, Point const& b)
{
    return std::hypot(a.x - b.x, a.y - b.y) < similar_distance_px; // also false if that is not a number
}

bool are_similar(BoxPlace const&, Point const&)
{
    return false;
}

bool are_similar(Point const&, BoxPlace const&)
{
    return false;
}

// The grid of points has slots longer than the distance, so that only a slot and its two neighbours matter.
//
// The grid of boxes has a level for each power of two of a side's length, with slots as long as the sides they hold.
// Few of them matter, since boxes that overlap by half are alike along either axis: 3 * intersection >= area a + area
// b, and the intersection is no higher than either box, hence 3 * shared width >= width a + width b. So neither is
// wider than twice the other, and their centres are at most (width a + width b) / 6 apart.

/// A piece of an axis. A cell is one of x and one of y.
struct Slot {
    int level;     ///< The slots of each level cover the whole axis.
    double number; ///< Whole, and as large as it comes: points may be anywhere.
};

constexpr int point_level = -1; // boxes have others

Slot slot_of(double coordinate)
{
    constexpr double slot_px = 16; // a power of two, so that no rounding moves a point to another slot
    return {point_level, std::floor(coordinate / slot_px)};
}

std::vector<Slot> slots_near(double coordinate)
{
    auto const number = slot_of(coordinate).number;
    return {{point_level, number - 1}, {point_level, number}, {point_level, number + 1}};
}

/// In half pixels, so that it is whole.
std::int64_t centre(Side side)
{
    return 2 * side.start + side.length;
}

int level_of(Side side)
{
    return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(side.length))) - 1;
}

std::int64_t slot_number(int level, std::int64_t half_pixels)
{
    return half_pixels >> (level + 2); // a slot has 2^(level + 1) pixels
}

Slot slot_of(Side side)
{
    return {level_of(side), static_cast<double>(slot_number(level_of(side), centre(side)))};
}

std::vector<Slot> slots_near(Side side)
{
    std::vector<Slot> slots;
    for (int level = std::max(level_of(side) - 1, 0); level <= level_of(side) + 1; ++level) {
        auto const longest = std::min(2 * side.length, (std::int64_t{2} << level) - 1); // similar one of this level
        auto const reach = (side.length + longest) / 3; // half pixels between the centres
        auto const last = slot_number(level, centre(side) + reach);
        for (auto number = slot_number(level, centre(side) - reach); number <= last; ++number)
            slots.push_back({level, static_cast<double>(number)});
    }
    return slots;
}

std::size_t cell(Slot x, Slot y)
{
    std::size_t number = 0;
    boost::hash_combine(number, x.level);
    boost::hash_combine(number, x.number);
    boost::hash_combine(number, y.level);
    boost::hash_combine(number, y.number);
    return number;
}

std::vector<std::size_t> cells(std::vector<Slot> const& xs, std::vector<Slot> const& ys)
{
    std::vector<std::size_t> numbers;
    numbers.reserve(xs.size() * ys.size());
    for (auto const x : xs)
        for (auto const y : ys) numbers.push_back(cell(x, y));
    return numbers;
}

std::size_t cell_of(BoxPlace const& box)
{
    return cell(slot_of(horizontal(box)), slot_of(vertical(box)));
}

std::size_t cell_of(Point const& point)
{
    return cell(slot_of(point.x), slot_of(point.y));
}

std::vector<std::size_t> cells_near(BoxPlace const& box)
{
    return cells(slots_near(horizontal(box)), slots_near(vertical(box)));
}

std::vector<std::size_t> cells_near(Point const& point)
{
    return cells(slots_near(point.x), slots_near(point.y));
}

} // namespace

bool is_similar(Place const& a, Place const& b)
{
    return std::visit([](auto const& first, auto const& second) { return are_similar(first, second); }, a, b);
}

bool has_similar(Place const& place)
{
    return is_similar(place, place);
}

std::size_t cell_of(Place const& place)
{
    return std::visit([](auto const& box_or_point) { return cell_of(box_or_point); }, place);
}

std::vector<std::size_t> cells_near(Place const& place)
{
    return std::visit([](auto const& box_or_point) { return cells_near(box_or_point); }, place);
}

} // namespace learning_loop
