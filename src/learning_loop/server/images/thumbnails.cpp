#include "learning_loop/server/images/thumbnails.h"

#include "learning_loop/async/all.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/new_file.h"
#include "learning_loop/base/thread_priority.h"
#include "learning_loop/infer/thumbnail.h"
#include "learning_loop/store/blob_files.h"
#include "learning_loop/store/database.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <span>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t at_a_time = 20;      // so that their rows share a COMMIT
constexpr std::size_t asked_at_once = 500; // images, whether they were looked at
constexpr auto* begun_folder = ".begun";   // no organization has a name like that

/// A thumbnail is not synced: what a power cut leaves of it is made again.
bool is_whole(fs::path const& thumbnail)
{
    std::error_code gone;
    constexpr std::uintmax_t max_bytes = 4 << 20;
    if (auto const size = fs::file_size(thumbnail, gone); gone || size < 4 || size > max_bytes) return false;
    std::array<char, 4> ends{};
    std::ifstream file(thumbnail, std::ios::binary);
    file.read(ends.data(), 2).seekg(-2, std::ios::end).read(&ends[2], 2);
    return file && std::string_view(ends.data(), ends.size()) == "\xFF\xD8\xFF\xD9";
}

void write_thumbnail(fs::path const& begun, fs::path const& place, std::string_view jpeg)
{
    fs::create_directories(place.parent_path());
    auto file = NewFile::create(begun, NewFile::Existing::refuse, 0600);
    if (!file || !file->append(jpeg) || !file->close()) return; // the disk is full: it is made again when asked for
    file->move_to(place);
    file->keep();
}

Error broken(store::ImageRepository::File const& image)
{
    return {Errc::not_found, "the pixels of the image " + image.id + " are damaged: it has no thumbnail"};
}

} // namespace

Thumbnails::Thumbnails(boost::asio::any_io_executor executor, store::ImageRepository& images, fs::path root)
    : images_(images), root_(std::move(root)), arrival_(std::move(executor))
{
    fs::remove_all(root_ / begun_folder); // what a crash left
    fs::create_directories(root_ / begun_folder);
}

fs::path Thumbnails::path_of(store::ImageRepository::File const& image) const
{
    return store::BlobFiles::path_in(root_, image.folder, image.id);
}

/// Decodes the image and writes its thumbnail. `unchecked`: its file is lost, or cannot be read, so that nothing can be
/// said.
Pixels Thumbnails::make(store::ImageRepository::File const& image) const
{
    try {
        return make_now(image);
    } catch (std::exception const& failure) { // of the disk, or of a library: one image must not end the others
        log::warn("the image {} has no thumbnail: {}", image.id, failure.what());
        return Pixels::unchecked;
    }
}

Pixels Thumbnails::make_now(store::ImageRepository::File const& image) const
{
    if (!image.is_whole) return Pixels::unchecked;
    auto const bytes = read_file(image.path, static_cast<std::size_t>(image.size_bytes));
    if (!bytes) return Pixels::unchecked;
    auto const jpeg = make_thumbnail(*bytes, max_side_px);
    if (!jpeg) {
        if (hex(sha256(*bytes)) != image.hash) return Pixels::unchecked; // the disk has changed what came in
        log::warn("the image {} is broken: {}", image.id, jpeg.error().message);
        return Pixels::broken;
    }
    write_thumbnail(root_ / begun_folder / new_uuid(), path_of(image), *jpeg);
    return Pixels::sound;
}

Task<> Thumbnails::run()
{
    constexpr std::chrono::hours until_woken{1};
    for (std::int64_t after = 0;;) {
        bool goes_on = false;
        try {
            goes_on = co_await look_at_some(after);
        } catch (store::DatabaseError const& failure) {
            log::error("thumbnails: {}", failure.what());
        }
        if (goes_on) continue;
        co_await arrival_.sleep(until_woken);
        after = 0; // what was lost may have come again
    }
}

/// Returns false if there are no more.
Task<bool> Thumbnails::look_at_some(std::int64_t& after)
{
    auto found = co_await images_.unchecked(after, static_cast<int>(at_a_time));
    if (!found || found->empty()) co_return false;
    after = found->back().number;
    for (auto& image : *found) {
        auto job = [this, image]() -> Result<Pixels> {
            lower_priority_of_thread();
            return make(image);
        };
        auto const pixels = co_await background_.run(std::move(job));
        if (pixels) image.pixels = *pixels;
    }
    auto const kept = co_await keep(std::move(*found));
    if (!kept) log::warn("what was found out about images is not kept: {}", kept.error().message);
    co_return kept.has_value();
}

/// Keeps what was found out about them. Also removes thumbnails of images that were deleted while they were made.
Task<Result<void>> Thumbnails::keep(Images images)
{
    std::erase_if(images, [](auto const& image) { return image.pixels == Pixels::unchecked; });
    if (images.empty()) co_return Result<void>();
    std::vector<store::ImageRepository::Checked> looks;
    for (auto const& image : images) looks.push_back({image.number, image.project, image.hash, image.pixels});
    auto const gone = co_await images_.keep_checked(std::move(looks));
    if (!gone) co_return gone.error();
    if (gone->empty()) co_return Result<void>();
    std::erase_if(images, [&](auto const& image) { return std::ranges::count(*gone, image.number) == 0; });
    auto job = [this, images = std::move(images)]() -> Result<void> {
        for (auto const& image : images) remove(image);
        return {};
    };
    co_return co_await background_.run(std::move(job));
}

/// With its folders, if nothing else is in them.
void Thumbnails::remove(store::ImageRepository::File const& image) const
{
    std::error_code none;
    auto const place = path_of(image);
    fs::remove(place, none);
    fs::remove(place.parent_path(), none);
    fs::remove(place.parent_path().parent_path(), none);
}

Task<Result<fs::path>> Thumbnails::find(store::ImageRepository::File image)
{
    if (image.pixels == Pixels::broken) co_return broken(image);
    auto look = [this, image]() -> Result<bool> { return image.pixels == Pixels::sound && is_whole(path_of(image)); };
    auto const is_there = co_await at_once_.run(std::move(look));
    if (!is_there) co_return is_there.error();
    if (*is_there) co_return path_of(image);
    auto job = [this, image]() -> Result<Pixels> { return make(image); };
    auto const pixels = co_await at_once_.run(std::move(job));
    if (!pixels) co_return pixels.error();
    if (*pixels == Pixels::unchecked)
        co_return Error{Errc::not_found, "the file of the image " + image.id + " is lost: send the image again"};
    image.pixels = *pixels;
    Images looked_at{image};
    auto const kept = co_await keep(std::move(looked_at));
    if (!kept) co_return kept.error();
    if (*pixels == Pixels::broken) co_return broken(image);
    auto place = path_of(image);
    std::error_code gone;
    if (fs::exists(place, gone)) co_return place;
    co_return Error{Errc::out_of_space, "the disk that holds the thumbnails is full: free some space"};
}

Task<Result<void>> Thumbnails::check(std::int64_t project, std::vector<std::string> ids)
{
    auto rest = std::span<std::string const>(ids);
    while (!rest.empty()) { // in parts: one question about all would hold up others
        auto const part = rest.first(std::min(rest.size(), asked_at_once));
        rest = rest.subspan(part.size());
        std::vector<std::string> asked(part.begin(), part.end());
        auto unchecked = co_await images_.unchecked_of(project, std::move(asked));
        if (!unchecked) co_return unchecked.error();
        auto const looked = co_await look_at_once(project, std::move(*unchecked));
        if (!looked) co_return looked.error();
    }
    co_return Result<void>();
}

Task<Result<void>> Thumbnails::look_at_once(std::int64_t project, std::vector<std::string> ids)
{
    for (auto next = ids.begin(); next != ids.end();) {
        Images images;
        for (; next != ids.end() && images.size() < at_a_time; ++next) {
            auto image = co_await images_.file(project, *next);
            if (!image) co_return image.error();
            if (*image) images.push_back(std::move(**image));
        }
        std::vector<Task<Result<Pixels>>> looking;
        for (auto const& image : images) {
            auto job = [this, image]() -> Result<Pixels> { return make(image); };
            looking.push_back(at_once_.run(std::move(job)));
        }
        auto const pixels = co_await all(std::move(looking));
        for (std::size_t i = 0; i < images.size(); ++i) {
            if (!pixels[i]) co_return pixels[i].error();
            images[i].pixels = *pixels[i];
        }
        auto const kept = co_await keep(std::move(images));
        if (!kept) co_return kept.error();
    }
    co_return Result<void>();
}

} // namespace learning_loop
