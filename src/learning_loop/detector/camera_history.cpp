#include "learning_loop/detector/camera_history.h"

#include <boost/container_hash/hash.hpp>

namespace learning_loop {
namespace {

constexpr std::chrono::seconds forgotten_after{3600};

constexpr std::size_t max_buckets_each = 4; // of the map, for each observation

/// What an observation takes on a 64 bit machine: its nodes in the list and in the map, the text of its category's name
/// with what the allocator adds, and its buckets.
std::size_t bytes_of(std::string const& category_name)
{
    return 96 + 32 + category_name.size() + 24 + max_buckets_each * sizeof(void*);
}

/// A cell in the grid of one category.
std::size_t cell_in(std::size_t category_hash, std::size_t cell)
{
    boost::hash_combine(cell, category_hash);
    return cell;
}

} // namespace

bool CameraHistory::observe(std::string const& category_name, Place const& place, Time now)
{
    if (!has_similar(place)) return true;
    if (renew_similar(category_name, place, now)) return false;
    remember({category_name, place, now});
    return true;
}

bool CameraHistory::renew_similar(std::string const& category_name, Place const& place, Time now)
{
    bool found = false;
    auto const category_hash = std::hash<std::string>()(category_name);
    for (auto const cell : cells_near(place)) {
        auto const [first, last] = by_cell_.equal_range(cell_in(category_hash, cell));
        for (auto entry = first; entry != last; ++entry) {
            auto const seen = entry->second;
            if (seen->category_name != category_name || !is_similar(seen->place, place)) continue;
            seen->last_seen = now;
            by_age_.splice(by_age_.end(), by_age_, seen);
            found = true; // go on: all similar ones are renewed
        }
    }
    return found;
}

void CameraHistory::remember(Observation observation)
{
    if (by_age_.size() == max_observations_) forget_oldest();
    auto const cell = cell_in(std::hash<std::string>()(observation.category_name), cell_of(observation.place));
    bytes_ += bytes_of(observation.category_name);
    by_age_.push_back(std::move(observation));
    by_cell_.emplace(cell, std::prev(by_age_.end()));
}

void CameraHistory::forget_old(Time now)
{
    while (!by_age_.empty() && now - by_age_.front().last_seen > forgotten_after) forget_oldest();
}

void CameraHistory::forget_oldest()
{
    auto const oldest = by_age_.begin();
    auto entry = by_cell_.find(cell_in(std::hash<std::string>()(oldest->category_name), cell_of(oldest->place)));
    while (entry->second != oldest) ++entry; // what lies in one cell is adjacent
    by_cell_.erase(entry);
    bytes_ -= bytes_of(oldest->category_name);
    by_age_.erase(oldest);
    if (by_cell_.bucket_count() > max_buckets_each * by_cell_.size()) by_cell_.rehash(0); // gives the others back
}

} // namespace learning_loop
