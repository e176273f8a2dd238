#pragma once

#include "learning_loop/detector/outbox/disk.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace learning_loop::test {

/// The machine is dead: thrown by every call from the cut on. No std::system_error, which stands for what a disk tells.
struct PowerCut : std::runtime_error {
    PowerCut() : std::runtime_error("the power was cut") {}
};

/// A disk in memory that keeps apart what was written and what was synced, as POSIX does: until a file is synced, a
/// power cut may leave any of its blocks and any length of it; until a folder is synced, any of the names that were
/// made, removed or moved in it may be there or not, each for itself.
class CrashDisk final : public Disk {
public:
    explicit CrashDisk(std::uint64_t seed);

    void have_folder(std::string const& name); ///< At the root, durable.

    /// From now on so many calls change the disk; the next one is cut: it does not happen, and throws PowerCut.
    void cut_after(int changes) { changes_left_ = changes; }

    bool is_off() const { return is_off_; } ///< Since the cut.

    /// What may be left after a power cut. The disk works again.
    void lose_what_was_not_synced();

    /// What is left after the death of the process alone: all that was written. The disk works again.
    void keep_what_was_written();

    /// From now on a sync does nothing whose file or folder has the role, and a move is done piece by piece instead of
    /// at once. Roles are paths in which ids stand as `<id>`, as in `sync /robot/outbox/tmp/<id>/image_<id>.jpg`.
    void leave_out(std::string role) { left_out_ = std::move(role); }

    std::set<std::string> const& roles() const { return roles_; } ///< Of all syncs and moves so far.

    // of Disk
    Result<void> write_file(Path const& file, std::string_view bytes) override;
    void make_folder(Path const& folder) override;
    void sync(std::vector<Path> const& files, std::vector<Path> const& folders) override;
    void rename(Path const& from, Path const& to) override;
    void remove(Path const& path) override;
    void list(Path const& folder, std::function<void(Entry)> const& visit) const override;
    std::optional<std::uint64_t> file_bytes(Path const& file) const override;
    Result<std::string> read_file(Path const& file, std::size_t max_bytes) const override;
    std::uint64_t free_bytes(Path const& /*folder*/) const override { return std::uint64_t{1} << 40; }

private:
    using Number = std::size_t; ///< Of a node; 0 is the root.
    using Names = std::map<std::string, Number>;

    struct Node {
        bool is_folder = false;
        std::string bytes;
        std::string synced_bytes;
        Names names;
        Names synced_names;
    };
    struct Place {
        Number folder = 0;
        std::string name;

        bool operator==(Place const&) const = default;
    };
    /// A change of names that is not yet synced: the node appears at `to` and is gone from `from`.
    struct Change {
        std::optional<Place> from;
        std::optional<Place> to;
        Number node = 0;
    };

    void count_change();
    bool happens(std::string const& role);
    std::optional<Number> find(Path const& path) const;
    Number at(Path const& path) const;
    Place place_of(Path const& path) const;
    void change(Change change);
    void apply_to_synced(Change const& change);
    void sync_names(Number folder);
    void remove_node(Place const& place);
    void move_piece_by_piece(Path const& from, Path const& to);
    std::string torn(Node const& file);
    bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }
    std::size_t number_below(std::size_t end)
    {
        return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
    }

    mutable std::recursive_mutex guard_; ///< Calls call each other.
    std::mt19937_64 random_;
    std::vector<Node> nodes_;
    std::vector<Change> pending_;
    std::optional<int> changes_left_;
    bool is_off_ = false;
    std::string left_out_;
    std::set<std::string> roles_;
};

} // namespace learning_loop::test
