#include "learning_loop/annotator/shown_images.h"

#include "learning_loop/async/run_caught.h"
#include "learning_loop/base/files.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/url.h"

#include <algorithm>
#include <utility>

namespace learning_loop {
namespace {

std::uint64_t bytes_of(cv::Mat const& image)
{
    return image.total() * image.elemSize();
}

} // namespace

ShownImages::ShownImages(LoopSession& session, ShownImageOptions options)
    : session_(session), options_(std::move(options)), folder_(options_.data_folder, options_.disk_bytes)
{}

Task<Result<ShownImages::Image>> ShownImages::load(Context project, std::string image_id)
{
    auto key = project.organization + "/" + project.project + "/" + image_id;
    if (auto image = find(key)) co_return image;
    auto const turn = co_await turns_.take(key);
    if (!turn) co_return turn.error();
    if (auto image = find(key)) co_return image;
    auto const file = co_await provide(std::move(project), std::move(image_id));
    if (!file) co_return file.error();
    auto image = co_await decode(*file);
    if (image) keep(std::move(key), *image);
    co_return image;
}

ShownImages::Image ShownImages::find(std::string const& key)
{
    auto const known = std::ranges::find(images_, key, &Entry::key);
    if (known == images_.end()) return nullptr;
    images_.splice(images_.begin(), images_, known);
    return images_.front().image;
}

/// Returns where the image lies, as it came.
Task<Result<std::filesystem::path>> ShownImages::provide(Context project, std::string image_id)
{
    struct Place {
        std::filesystem::path file;
        bool is_there;
    };
    auto const look = [this, project, image_id]() -> Result<Place> {
        auto file = folder_.file_of(project, image_id);
        bool const is_there = folder_.has(file);
        return Place{std::move(file), is_there};
    };
    auto const place = co_await run_caught(disk_, look);
    if (!place) co_return place.error();
    if (place->is_there) co_return place->file;
    auto const fetched = co_await fetch(std::move(project), std::move(image_id), place->file);
    if (!fetched) co_return fetched.error();
    co_return place->file;
}

Task<Result<void>> ShownImages::fetch(Context project, std::string image_id, std::filesystem::path file)
{
    auto const path =
        http::path_of(loop_api::image_file,
                      {{"organization", project.organization}, {"project", project.project}, {"image", image_id}});
    LoopSession::Call const call = [path, file, most = options_.limits.max_bytes](auto& http) {
        http::DownloadOptions options;
        options.max_bytes = most;
        return http.download(path, file, std::move(options));
    };
    auto const answer = co_await session_.ask(call, WhenBusy::answer); // a person waits for it
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "image " + image_id);
    co_return Result<void>();
}

/// A broken file is deleted, so that the next try fetches it anew. A new one counts from here on: before, nobody could
/// have deleted it.
Task<Result<ShownImages::Image>> ShownImages::decode(std::filesystem::path file)
{
    auto const job = [this, file]() -> Result<Image> {
        auto const bytes = read_file(file, options_.limits.max_bytes);
        if (!bytes) return bytes.error();
        auto image = decode_image(*bytes, options_.limits);
        if (!image) {
            folder_.remove(file);
            return Error{image.error().code, "the image cannot be drawn on: " + image.error().message};
        }
        if (!folder_.has(file)) folder_.add(file);
        return std::make_shared<cv::Mat const>(std::move(*image));
    };
    co_return co_await run_caught(disk_, job);
}

void ShownImages::keep(std::string key, Image image)
{
    bytes_ += bytes_of(*image);
    images_.push_front({std::move(key), std::move(image)});
    while (bytes_ > options_.memory_bytes && images_.size() > 1) {
        bytes_ -= bytes_of(*images_.back().image);
        images_.pop_back();
    }
}

} // namespace learning_loop
