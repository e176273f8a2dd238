#include "support/crash_disk.h"

#include "learning_loop/base/ids.h"

#include <algorithm>
#include <system_error>

namespace learning_loop::test {
namespace {

[[noreturn]] void fail(std::errc error, Disk::Path const& path)
{
    throw std::filesystem::filesystem_error("cannot do it", path, std::make_error_code(error));
}

/// The path with `<id>` for every id, and `<queue>` for the two folders that are alike.
std::string role_of(Disk::Path const& path)
{
    std::string role;
    for (auto const& part : path.relative_path()) {
        auto name = part.string();
        for (std::size_t at = 0; at + 36 <= name.size(); ++at) {
            if (name[at + 8] == '-' && is_uuid(std::string_view(name).substr(at, 36))) name.replace(at, 36, "<id>");
        }
        role += "/" + (name == "priority" || name == "normal" ? "<queue>" : name);
    }
    return role;
}

} // namespace

CrashDisk::CrashDisk(std::uint64_t seed) : random_(seed)
{
    nodes_.push_back({true, {}, {}, {}, {}});
}

void CrashDisk::have_folder(std::string const& name)
{
    nodes_.push_back({true, {}, {}, {}, {}});
    nodes_[0].names[name] = nodes_[0].synced_names[name] = nodes_.size() - 1;
}

void CrashDisk::lose_what_was_not_synced()
{
    for (auto const& change : std::exchange(pending_, {})) {
        if (chance(0.5)) apply_to_synced(change);
    }
    for (auto& node : nodes_) {
        node.bytes = torn(node);
        node.synced_bytes = node.bytes;
        node.names = node.synced_names;
    }
    is_off_ = false;
    changes_left_.reset();
}

void CrashDisk::keep_what_was_written()
{
    for (auto const& change : std::exchange(pending_, {})) apply_to_synced(change);
    for (auto& node : nodes_) node.synced_bytes = node.bytes;
    is_off_ = false;
    changes_left_.reset();
}

/// Any of the blocks, old, new or zero, and any length.
std::string CrashDisk::torn(Node const& file)
{
    constexpr std::size_t block = 512;
    if (file.bytes == file.synced_bytes || chance(0.2)) return file.bytes;
    if (chance(0.2)) return file.synced_bytes;
    std::string left = file.bytes;
    for (std::size_t at = 0; at < left.size(); at += block) {
        if (chance(0.7)) continue;
        for (std::size_t i = at; i < std::min(at + block, left.size()); ++i)
            left[i] = i < file.synced_bytes.size() && chance(0.5) ? file.synced_bytes[i] : '\0';
    }
    left.resize(number_below(left.size() + 1));
    return left;
}

void CrashDisk::count_change()
{
    if (is_off_) throw PowerCut();
    if (!changes_left_) return;
    if ((*changes_left_)-- > 0) return;
    is_off_ = true;
    throw PowerCut();
}

bool CrashDisk::happens(std::string const& role)
{
    roles_.insert(role);
    return role != left_out_;
}

std::optional<CrashDisk::Number> CrashDisk::find(Path const& path) const
{
    if (is_off_) throw PowerCut();
    Number node = 0;
    for (auto const& name : path.relative_path()) {
        auto const found = nodes_[node].names.find(name.string());
        if (found == nodes_[node].names.end()) return std::nullopt;
        node = found->second;
    }
    return node;
}

CrashDisk::Number CrashDisk::at(Path const& path) const
{
    auto const node = find(path);
    if (!node) fail(std::errc::no_such_file_or_directory, path);
    return *node;
}

CrashDisk::Place CrashDisk::place_of(Path const& path) const
{
    return {at(path.parent_path()), path.filename().string()};
}

void CrashDisk::change(Change change)
{
    if (change.from) nodes_[change.from->folder].names.erase(change.from->name);
    if (change.to) nodes_[change.to->folder].names[change.to->name] = change.node;
    pending_.push_back(std::move(change));
}

void CrashDisk::apply_to_synced(Change const& change)
{
    if (change.from) nodes_[change.from->folder].synced_names.erase(change.from->name);
    if (change.to) nodes_[change.to->folder].synced_names[change.to->name] = change.node;
}

/// A move counts as one change of both folders, as in the journal of a file system. What was pending for the place that
/// it left is over then.
void CrashDisk::sync_names(Number folder)
{
    std::vector<Change> left;
    for (auto const& change : std::exchange(pending_, {})) {
        bool const is_here =
            (change.from && change.from->folder == folder) || (change.to && change.to->folder == folder);
        if (!is_here) {
            left.push_back(change);
            continue;
        }
        apply_to_synced(change);
        if (change.from) std::erase_if(left, [&](Change const& earlier) { return earlier.to == change.from; });
    }
    pending_ = std::move(left);
}

Result<void> CrashDisk::write_file(Path const& file, std::string_view bytes)
{
    std::lock_guard const lock(guard_);
    count_change();
    auto node = find(file);
    if (!node) {
        node = nodes_.size();
        nodes_.emplace_back();
        change({std::nullopt, place_of(file), *node});
    }
    nodes_[*node].bytes.clear();
    count_change();
    nodes_[*node].bytes = bytes.substr(0, bytes.size() / 2);
    count_change();
    nodes_[*node].bytes = bytes;
    return {};
}

void CrashDisk::make_folder(Path const& folder)
{
    std::lock_guard const lock(guard_);
    if (find(folder)) return;
    count_change();
    auto const place = place_of(folder);
    nodes_.push_back({true, {}, {}, {}, {}});
    change({std::nullopt, place, nodes_.size() - 1});
}

void CrashDisk::sync(std::vector<Path> const& files, std::vector<Path> const& folders)
{
    std::lock_guard const lock(guard_);
    for (auto const& file : files) {
        count_change();
        auto& node = nodes_[at(file)];
        if (happens("sync " + role_of(file))) node.synced_bytes = node.bytes;
    }
    for (auto const& folder : folders) {
        count_change();
        auto const node = at(folder);
        auto const beside = files.empty() ? "" : " beside " + role_of(files.front()).substr(role_of(folder).size());
        if (happens("sync " + role_of(folder) + beside)) sync_names(node);
    }
}

void CrashDisk::rename(Path const& from, Path const& to)
{
    std::lock_guard const lock(guard_);
    count_change();
    auto const node = at(from);
    auto const target = find(to);
    bool const is_in_the_way = target && nodes_[*target].is_folder && !nodes_[*target].names.empty();
    if (is_in_the_way) fail(std::errc::directory_not_empty, to);
    if (happens("move " + role_of(from) + " to " + role_of(to))) change({place_of(from), place_of(to), node});
    else move_piece_by_piece(from, to);
}

/// What a program does that knows no `rename`.
void CrashDisk::move_piece_by_piece(Path const& from, Path const& to)
{
    if (!nodes_[at(from)].is_folder) {
        write_file(to, std::string(nodes_[at(from)].bytes)).value();
        remove(from);
        return;
    }
    make_folder(to);
    std::vector<std::string> names;
    for (auto const& [name, node] : nodes_[at(from)].names) names.push_back(name);
    for (auto const& name : names) {
        count_change();
        change({place_of(from / name), place_of(to / name), at(from / name)});
    }
    remove(from);
}

void CrashDisk::remove(Path const& path)
{
    std::lock_guard const lock(guard_);
    if (!find(path)) return;
    remove_node(place_of(path));
}

void CrashDisk::remove_node(Place const& place)
{
    auto const node = nodes_[place.folder].names.at(place.name);
    for (auto const& [name, child] : Names(nodes_[node].names)) remove_node({node, name});
    count_change();
    change({place, std::nullopt, node});
}

void CrashDisk::list(Path const& folder, std::function<void(Entry)> const& visit) const
{
    std::lock_guard const lock(guard_);
    for (auto const& [name, node] : Names(nodes_[at(folder)].names)) visit({name, nodes_[node].is_folder});
}

std::optional<std::uint64_t> CrashDisk::file_bytes(Path const& file) const
{
    std::lock_guard const lock(guard_);
    auto const node = find(file);
    if (!node || nodes_[*node].is_folder) return std::nullopt;
    return nodes_[*node].bytes.size();
}

Result<std::string> CrashDisk::read_file(Path const& file, std::size_t /*max_bytes*/) const
{
    std::lock_guard const lock(guard_);
    auto const node = find(file);
    if (!node) return Error{Errc::not_found, file.string() + ": there is no such file"};
    return nodes_[*node].bytes;
}

} // namespace learning_loop::test
