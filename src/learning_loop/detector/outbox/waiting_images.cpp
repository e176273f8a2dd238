#include "learning_loop/detector/outbox/waiting_images.h"

#include <algorithm>
#include <type_traits>

namespace learning_loop {
namespace {

constexpr unsigned oldest_each = 4; // so many turns

/// Images up to a number and a length; the first may be longer.
class UploadBatch {
public:
    UploadBatch(std::size_t max_images, std::uint64_t max_bytes) : max_images_(max_images), max_bytes_(max_bytes) {}

    /// Returns false if it has no room: then it is full.
    bool add(OutboxItem item)
    {
        bool const fits = items.size() < max_images_ && (items.empty() || bytes_ + item.bytes <= max_bytes_);
        is_full_ = is_full_ || !fits;
        if (is_full_) return false;
        bytes_ += item.bytes;
        items.push_back(std::move(item));
        return true;
    }
    bool is_full() const { return is_full_ || items.size() == max_images_; }

    std::vector<OutboxItem> items;

private:
    std::size_t max_images_;
    std::uint64_t max_bytes_;
    std::uint64_t bytes_ = 0;
    bool is_full_ = false;
};

} // namespace

void WaitingImages::add(OutboxItem const& item)
{
    bytes_ += item.bytes;
    if (item.priority) {
        priority_.emplace(item.id, item.bytes);
        return;
    }
    bool const has_turn = normal_.contains(item.camera) || normal_.size() < max_cameras;
    normal_[has_turn ? item.camera : std::string()].emplace(item.id, item.bytes);
    ++normal_images_;
}

bool WaitingImages::remove(OutboxItem const& item)
{
    taken_.erase(item.id);
    if (item.priority) {
        if (priority_.erase(item.id) == 0) return false;
    } else {
        auto camera = normal_.find(item.camera);
        if (camera == normal_.end() || !camera->second.contains(item.id)) camera = normal_.find("");
        if (camera == normal_.end() || camera->second.erase(item.id) == 0) return false;
        if (camera->second.empty()) normal_.erase(camera);
        --normal_images_;
    }
    bytes_ -= item.bytes;
    return true;
}

void WaitingImages::clear()
{
    *this = WaitingImages();
}

std::vector<OutboxItem> WaitingImages::find(std::string const& id) const
{
    std::vector<OutboxItem> found;
    if (auto const image = priority_.find(id); image != priority_.end()) found.push_back({id, true, image->second, {}});
    for (auto const& [camera, images] : normal_) {
        if (auto const image = images.find(id); image != images.end())
            found.push_back({id, false, image->second, camera});
    }
    return found;
}

std::vector<OutboxItem> WaitingImages::take(std::size_t max_images, std::uint64_t max_bytes)
{
    UploadBatch batch(max_images, max_bytes);
    for (auto const& [id, bytes] : priority_) {
        if (batch.is_full()) break;
        if (!taken_.contains(id)) batch.add({id, true, bytes, {}});
    }
    if (!batch.is_full()) {
        bool const oldest_first = turns_ % oldest_each == oldest_each - 1;
        auto const first = batch.items.size();
        for (auto& item : in_turn(max_images - first, oldest_first)) {
            auto camera = item.camera;
            if (!batch.add(std::move(item))) break;
            last_camera_ = std::move(camera);
        }
        if (batch.items.size() > first) ++turns_;
    }
    for (auto const& item : batch.items) taken_.insert(item.id);
    return std::move(batch.items);
}

void WaitingImages::release(std::vector<OutboxItem> const& items)
{
    for (auto const& item : items) taken_.erase(item.id);
}

/// Up to `max_images` normal ones that are not taken, one of each camera in turn, beginning with the camera after the
/// last one.
std::vector<OutboxItem> WaitingImages::in_turn(std::size_t max_images, bool oldest_first) const
{
    if (oldest_first) return pick_by_turns(max_images, [](ById const& images) { return images.begin(); });
    return pick_by_turns(max_images, [](ById const& images) { return images.rbegin(); });
}

template <class First>
std::vector<OutboxItem> WaitingImages::pick_by_turns(std::size_t max_images, First first_of) const
{
    struct Place {
        std::string const* camera;
        std::invoke_result_t<First, ById const&> image;
        std::size_t left; // images from there on
    };
    std::vector<Place> places;
    auto const start = [&](auto const& camera) {
        places.push_back({&camera.first, first_of(camera.second), camera.second.size()});
    };
    auto const next = normal_.upper_bound(last_camera_);
    std::for_each(next, normal_.end(), start);
    std::for_each(normal_.begin(), next, start);
    std::vector<OutboxItem> items;
    while (!places.empty() && items.size() < max_images) {
        for (auto& [camera, image, left] : places) {
            while (left > 0 && taken_.contains(image->first)) ++image, --left;
            if (left == 0 || items.size() == max_images) continue;
            items.push_back({image->first, false, image->second, *camera});
            ++image, --left;
        }
        std::erase_if(places, [](Place const& place) { return place.left == 0; });
    }
    return items;
}

void WaitingImages::visit_oldest_normal(std::function<bool(OutboxItem const&)> const& visit) const
{
    struct Place {
        ByCamera::const_iterator camera;
        ById::const_iterator image;
    };
    auto const is_younger = [](Place const& a, Place const& b) { return a.image->first > b.image->first; };
    std::vector<Place> oldest; // a heap of the cameras, that with the oldest image first
    for (auto camera = normal_.begin(); camera != normal_.end(); ++camera)
        oldest.push_back({camera, camera->second.begin()});
    std::ranges::make_heap(oldest, is_younger);
    while (!oldest.empty()) {
        std::ranges::pop_heap(oldest, is_younger);
        auto place = oldest.back();
        oldest.pop_back();
        auto const& [id, bytes] = *place.image;
        if (!taken_.contains(id) && !visit({id, false, bytes, place.camera->first})) return;
        if (++place.image == place.camera->second.end()) continue;
        oldest.push_back(place);
        std::ranges::push_heap(oldest, is_younger);
    }
}

} // namespace learning_loop
