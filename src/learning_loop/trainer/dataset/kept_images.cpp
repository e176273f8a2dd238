#include "learning_loop/trainer/dataset/kept_images.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/new_file.h"
#include "learning_loop/infer/image_codec.h"
#include "learning_loop/trainer/dataset/impl/disk_use.h"

#include <unordered_set>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view file_ending = ".jpg";
constexpr std::string_view part_ending = ".jpg.part";
constexpr std::size_t uuid_length = 36;

/// The id in the name of an image's file, or of a part of one; empty if it is neither.
std::string_view id_in(std::string_view name, std::string_view ending)
{
    auto const id = name.substr(0, uuid_length);
    return is_uuid(id) && name.substr(id.size()) == ending ? id : std::string_view();
}

/// Removes what `is_wanted` is false for of the files in the folder. Returns how many.
template <class IsWanted>
std::size_t remove_files(fs::path const& folder, IsWanted is_wanted)
{
    std::vector<fs::path> unwanted; // removed afterwards: what a folder that changes lists is not told
    std::error_code unreadable;
    for (fs::directory_iterator at(folder, unreadable), end; !unreadable && at != end; at.increment(unreadable)) {
        if (!is_wanted(at->path().filename().string())) unwanted.push_back(at->path());
    }
    std::size_t removed = 0;
    for (auto const& file : unwanted) {
        std::error_code failure;
        if (fs::remove(file, failure)) ++removed;
        else if (failure) log::warn("{} cannot be removed: {}", file.string(), failure.message());
    }
    return removed;
}

/// 0: it is not there, or was broken.
std::uintmax_t check_kept_image(fs::path const& file)
{
    auto const read = [&] { return read_file(file, ImageLimits().max_bytes); };
    auto const bytes = unless_disk_fails(file, read);
    if (!bytes && bytes.error().code == Errc::not_found) return 0;
    auto const header = bytes ? check_image(*bytes) : Result<ImageHeader>(bytes.error());
    if (header) return bytes->size();
    log::debug("{} is broken and fetched again: {}", file.string(), header.error().message);
    fs::remove_all(file); // a folder may have its name
    return 0;
}

} // namespace

Result<void> prepare_image_folder(fs::path const& folder)
{
    return unless_disk_fails(folder, [&]() -> Result<void> {
        fs::create_directories(folder);
        remove_files(folder, [](std::string const& name) { return id_in(name, part_ending).empty(); });
        return {};
    });
}

fs::path image_file(fs::path const& folder, std::string const& image_id)
{
    return folder / (image_id + std::string(file_ending));
}

Result<std::vector<std::uintmax_t>> check_kept_images(fs::path const& folder, std::span<std::string const> image_ids)
{
    return unless_disk_fails(folder, [&]() -> Result<std::vector<std::uintmax_t>> {
        std::vector<std::uintmax_t> bytes;
        bytes.reserve(image_ids.size());
        for (auto const& id : image_ids) bytes.push_back(check_kept_image(image_file(folder, id)));
        return bytes;
    });
}

Result<void> keep_image(fs::path const& folder, std::string const& image_id, std::string_view bytes)
{
    if (auto const header = check_image(bytes); !header) return header.error();
    auto const file = image_file(folder, image_id);
    return unless_disk_fails(file, [&]() -> Result<void> {
        auto part = NewFile::create(folder / (image_id + std::string(part_ending)), NewFile::Existing::replace);
        if (!part) return part.error();
        if (auto const written = part->append(bytes); !written) return written;
        if (auto const closed = part->close(); !closed) return closed;
        part->move_to(file);
        part->keep();
        return {};
    });
}

std::size_t remove_images_but(fs::path const& folder, std::vector<std::string> const& image_ids)
{
    std::unordered_set<std::string_view> const wanted(image_ids.begin(), image_ids.end());
    return remove_files(folder, [&](std::string const& name) {
        auto const id = id_in(name, file_ending);
        return id.empty() ? id_in(name, part_ending).empty() : wanted.contains(id);
    });
}

} // namespace learning_loop
