#include "learning_loop/server/images/image_api.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/image_change.h"
#include "learning_loop/data/image_list.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/uploaded_images.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/images/image_change_check.h"
#include "learning_loop/server/images/image_ids.h"
#include "learning_loop/server/images/image_path.h"
#include "learning_loop/server/images/image_upload.h"
#include "learning_loop/server/images/thumbnails.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_intake.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project.h"

#include <unordered_set>

namespace learning_loop {
namespace {

struct WantedImages {
    http::Required<std::vector<std::string>> ids;
    std::optional<std::string> model_version; ///< Only detections of this model.
};
BOOST_DESCRIBE_STRUCT(WantedImages, (), (ids, model_version))

struct NamedImages {
    http::Required<std::vector<std::string>> ids;
};
BOOST_DESCRIBE_STRUCT(NamedImages, (), (ids))

/// The answer to an upload; an id that came twice is one image.
UploadedImages answer_of(std::vector<store::NewImage> const& images)
{
    UploadedImages answer;
    std::unordered_set<std::string_view> seen;
    for (auto const& image : images) {
        if (seen.insert(image.id).second) answer.images.push_back({image.id});
    }
    return answer;
}

Error with_remedy(Error error)
{
    if (error.code == Errc::conflict) error.message += ": send it under another UUID";
    return error;
}

ListedImage listed(store::Project const& project, StoredImage image)
{
    auto const resource = resource_of(project) + "/images/" + image.id;
    return {std::move(image), resource + "/main", resource + "/thumb"};
}

/// Leaves most of the queue of the check to those who are known.
constexpr int max_unknown_uploads = 32;

/// One more, or none, while it lives.
class Counted {
public:
    Counted(int& count, bool counts) : count_(count), by_(counts ? 1 : 0) { count_ += by_; }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;
    ~Counted() { count_ -= by_; }

private:
    int& count_;
    int by_;
};

class ImageApi {
public:
    explicit ImageApi(ImageApiParts const& parts) : parts_(parts) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::images, *this, &ImageApi::list)
            .open_to(http::Access::nodes)
            .summary("What is known of the images of the given ids.");
        router.get(loop_api::image_file, *this, &ImageApi::file)
            .open_to(http::Access::nodes)
            .summary("An image's bytes as they came.")
            .operation.gives("image/jpeg");
        router.get(loop_api::thumbnail, *this, &ImageApi::thumbnail)
            .open_to(http::Access::nodes)
            .summary("A small, upright JPEG of an image.")
            .operation.gives("image/jpeg");
        router.post(loop_api::images, *this, &ImageApi::add)
            .open_to(http::Access::detectors)
            .summary("Takes images and their metadata, as pairs of JPEG and JSON in `files`: all of them or none.")
            .body_limit(loop_api::max_image_upload_bytes)
            .part_limit(loop_api::max_image_bytes)
            .too_long_is(Errc::unprocessable) // at no other answer nodes send less
            .takes_room();
        router.add("PATCH", loop_api::images, *this, &ImageApi::change)
            .open_to(http::Access::people)
            .summary("Changes state, set and tags of images: of all that are named, or of none.")
            .body_limit(loop_api::max_change_bytes);
        router.add("DELETE", loop_api::images, *this, &ImageApi::remove)
            .open_to(http::Access::people)
            .summary("Deletes images for good; one that is sent again under its id is not kept.");
    }

private:
    /// Answers 200 once every image of the request is durable, and keeps none of them otherwise.
    Task<Result<UploadedImages>> add(store::Project project, http::Caller caller, http::Upload upload)
    {
        bool const is_unknown = caller.kind == http::Caller::Kind::nobody;
        if (is_unknown && unknown_uploads_ >= max_unknown_uploads)
            co_return Error{Errc::unavailable, "too many uploads without a login at once: try again later"};
        Counted const counted(unknown_uploads_, is_unknown);
        // The images are views into the upload, which stays here until the check and the database are done.
        auto read = [&upload, &project] { return read_image_upload(upload, project.categories); };
        auto uploaded = co_await parts_.checking.run(read);
        if (!uploaded) co_return uploaded.error();
        auto answer = answer_of(*uploaded);
        auto const added = co_await parts_.intake.add(project.number, std::move(*uploaded));
        if (!added) co_return with_remedy(added.error());
        parts_.thumbnails.wake();
        log::info("{}/{}: {} of {} images are new, {} were deleted before", project.organization, project.name,
                  added->fresh, answer.images.size(), added->removed);
        co_return answer;
    }

    Task<Result<ImageList>> list(http::FromQuery<WantedImages> wanted, store::Project project)
    {
        auto ids = checked_image_ids(wanted->ids.value, "ids", loop_api::max_ids_per_request);
        if (!ids) co_return ids.error();
        auto found = co_await parts_.images.find(project.number, std::move(*ids), wanted->model_version);
        if (!found) co_return found.error();
        ImageList list;
        for (auto& image : *found) list.images.push_back(listed(project, std::move(image)));
        co_return list;
    }

    Task<Result<store::ImageRepository::File>> require(store::Project const& project, std::string const& image)
    {
        auto const id = lower_case(image);
        auto found = co_await parts_.images.file(project.number, id);
        if (!found) co_return found.error();
        if (*found) co_return std::move(**found);
        co_return Error{Errc::not_found, "the project '" + project.name + "' has no image " + printable(id)};
    }

    /// The bytes never change, so a reader may keep them for good.
    Task<Result<http::Response>> file(http::FromPath<ImagePath> path, store::Project project)
    {
        auto const found = co_await require(project, path->image);
        if (!found) co_return found.error();
        auto const& file = *found;
        if (!file.is_whole) {
            log::error("{}/{}: the file of the image {} is lost or cut", project.organization, project.name, file.id);
            co_return Error{Errc::not_found, "the file of the image " + file.id +
                                                 " is lost or cut: send the image again, or restore the data folder "
                                                 "from a backup"};
        }
        http::Response response;
        response.content_type = file.media_type;
        response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
        response.body = http::FileBody{file.path, "\"" + file.hash.substr(0, 32) + "\""};
        co_return response;
    }

    Task<Result<http::Response>> thumbnail(http::FromPath<ImagePath> path, store::Project project)
    {
        auto found = co_await require(project, path->image);
        if (!found) co_return found.error();
        auto const etag = "\"thumb-" + found->hash.substr(0, 32) + "\"";
        auto const place = co_await parts_.thumbnails.find(std::move(*found));
        if (!place) co_return place.error();
        http::Response response;
        response.content_type = "image/jpeg";
        response.headers.add("Cache-Control", "private, max-age=86400");
        response.body = http::FileBody{*place, etag};
        co_return response;
    }

    Task<Result<ImageCount>> change(store::Project project, http::FromExactJson<ImageChangeRequest> body)
    {
        auto const& wanted = *body.operator->();
        if (auto const good = check_image_change(wanted); !good) co_return good.error();
        auto ids = checked_image_ids(wanted.image_ids, "image_ids", loop_api::max_changed_per_request);
        if (!ids) co_return ids.error();
        auto const count = static_cast<std::int64_t>(ids->size());
        if (wanted.state == ImageState::complete) { // a training may get them at once
            auto const checked = co_await parts_.thumbnails.check(project.number, *ids);
            if (!checked) co_return checked.error();
        }
        store::ImageChange change{wanted.state, wanted.set, wanted.add_tags, wanted.remove_tags};
        auto const done = co_await parts_.editor.change(project.number, std::move(*ids), std::move(change));
        if (!done) co_return done.error();
        co_return ImageCount{count};
    }

    Task<Result<ImageCount>> remove(store::Project project, http::Caller caller, http::FromQuery<NamedImages> named)
    {
        auto ids = checked_image_ids(named->ids.value, "ids", loop_api::max_ids_per_request);
        if (!ids) co_return ids.error();
        auto const count = static_cast<std::int64_t>(ids->size());
        auto const done = co_await parts_.editor.remove(project.number, std::move(*ids));
        if (!done) co_return done.error();
        log::info("{}/{}: {} deleted {} images", project.organization, project.name, log::value(caller.name), count);
        co_return ImageCount{count};
    }

    ImageApiParts parts_;
    int unknown_uploads_ = 0; ///< Of those that nobody knows, being checked and stored.
};

} // namespace

void add_image_api(http::Router& router, ImageApiParts const& parts)
{
    router.keep<ImageApi>(parts);
}

} // namespace learning_loop
