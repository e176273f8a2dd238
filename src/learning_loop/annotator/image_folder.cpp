#include "learning_loop/annotator/image_folder.h"

#include "learning_loop/base/ids.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

/// The folders in this one; links are none.
std::vector<fs::path> folders_in(fs::path const& folder)
{
    std::vector<fs::path> found;
    std::error_code unreadable;
    for (auto const& entry : fs::directory_iterator(folder, unreadable)) {
        if (entry.is_directory() && !entry.is_symlink()) found.push_back(entry.path());
    }
    return found;
}

bool is_plain_file(fs::path const& file)
{
    std::error_code missing;
    return fs::symlink_status(file, missing).type() == fs::file_type::regular;
}

} // namespace

ImageFolder::ImageFolder(fs::path data_folder, std::uint64_t max_bytes)
    : data_folder_(std::move(data_folder)), max_bytes_(max_bytes)
{
    take_over();
}

void ImageFolder::take_over()
{
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    for (auto const& organization : folders_in(data_folder_)) {
        for (auto const& project : folders_in(organization)) {
            std::error_code unreadable;
            for (auto const& entry : fs::directory_iterator(project / "images", unreadable)) {
                auto const& file = entry.path();
                if (!is_plain_file(file) || !is_uuid(file.filename().string().substr(0, 36))) continue;
                if (file.extension() == ".part") fs::remove(file);
                else if (file.extension() == ".jpg" && is_uuid(file.stem().string()))
                    found.emplace_back(entry.last_write_time(), file);
            }
        }
    }
    std::ranges::sort(found);
    for (auto const& [time, file] : found) add(file);
}

fs::path ImageFolder::file_of(Context const& project, std::string const& image_id)
{
    auto const folder = data_folder_ / project.organization / project.project / "images";
    fs::create_directories(folder);
    return folder / (image_id + ".jpg");
}

bool ImageFolder::has(fs::path const& file)
{
    auto const known = by_file_.find(file);
    if (known == by_file_.end()) return false;
    if (!is_plain_file(file)) { // somebody else has removed it
        forget(known->second);
        return false;
    }
    entries_.splice(entries_.begin(), entries_, known->second);
    return true;
}

void ImageFolder::add(fs::path const& file)
{
    if (auto const known = by_file_.find(file); known != by_file_.end()) forget(known->second);
    entries_.push_front({file, fs::file_size(file)});
    by_file_[file] = entries_.begin();
    bytes_ += entries_.front().bytes;
    while (bytes_ > max_bytes_ && entries_.size() > 1) remove(fs::path(entries_.back().file));
}

void ImageFolder::remove(fs::path const& file)
{
    fs::remove(file);
    if (auto const known = by_file_.find(file); known != by_file_.end()) forget(known->second);
}

void ImageFolder::forget(Entries::iterator entry)
{
    bytes_ -= entry->bytes;
    by_file_.erase(entry->file);
    entries_.erase(entry);
}

} // namespace learning_loop
