#pragma once

#include "learning_loop/detector/outbox/outbox_files.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace learning_loop {

/// The images that wait, and the order in which they leave: priority ones first, oldest first; then normal ones, newest
/// first, by turns of their cameras, so that no camera waits for another. Every fourth time it is the oldest of each
/// camera, so that none waits for ever. Ids sort by age. Has no thread, clock or disk; takes about 150 bytes of memory
/// for each image.
class WaitingImages {
public:
    static constexpr std::size_t max_cameras = 1000; ///< With images that wait; those of more share a turn.

    void add(OutboxItem const& item);
    bool remove(OutboxItem const& item); ///< Returns whether it was there.
    void clear();
    std::vector<OutboxItem> find(std::string const& id) const; ///< None, or one, or one in each queue.

    /// The images to send next; the first of them may be longer than `max_bytes`. They stay, and are not taken again
    /// before `release`.
    std::vector<OutboxItem> take(std::size_t max_images, std::uint64_t max_bytes);
    void release(std::vector<OutboxItem> const& items);

    /// Visits the normal images that are not taken, oldest first, until `visit` returns false.
    void visit_oldest_normal(std::function<bool(OutboxItem const&)> const& visit) const;

    std::size_t images() const { return priority_.size() + normal_images_; }
    std::size_t normal_images() const { return normal_images_; }
    std::uint64_t bytes() const { return bytes_; }

private:
    using ById = std::map<std::string, std::uint64_t>; ///< Bytes.
    using ByCamera = std::map<std::string, ById>;

    std::vector<OutboxItem> in_turn(std::size_t max_images, bool oldest_first) const;
    template <class First>
    std::vector<OutboxItem> pick_by_turns(std::size_t max_images, First first_of) const;

    ById priority_;
    ByCamera normal_; ///< None of them is empty.
    std::size_t normal_images_ = 0;
    std::uint64_t bytes_ = 0;
    std::set<std::string> taken_;
    std::string last_camera_; ///< Whose turn it was last.
    unsigned turns_ = 0;      ///< How often normal images were taken.
};

} // namespace learning_loop
