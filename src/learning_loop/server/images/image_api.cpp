#include "learning_loop/server/images/image_api.h"

#include "learning_loop/async/pool.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/data/image_list.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/uploaded_images.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/images/image_upload.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project.h"

#include <algorithm>
#include <unordered_set>

namespace learning_loop {
namespace {

struct WantedImages {
    http::Required<std::string> ids; ///< Separated by commas.
};
BOOST_DESCRIBE_STRUCT(WantedImages, (), (ids))

struct ImagePath {
    std::string image;
};
BOOST_DESCRIBE_STRUCT(ImagePath, (), (image))

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

Result<std::vector<std::string>> ids_in(std::string_view text)
{
    std::vector<std::string> ids;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto const id = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!is_uuid(id)) return Error{Errc::unprocessable, "ids: '" + printable(id) + "' is no UUID"};
        if (ids.size() == loop_api::max_ids_per_request) {
            return Error{Errc::unprocessable, "ids: more than " + std::to_string(loop_api::max_ids_per_request) +
                                                  ": ask in several requests"};
        }
        ids.push_back(lower_case(id));
    }
    return ids;
}

Error with_remedy(Error error)
{
    if (error.code == Errc::conflict) error.message += ": send it under another UUID";
    return error;
}

ListedImage listed(store::Project const& project, StoredImage image)
{
    auto const resource = resource_of(project) + "/images/" + image.id;
    return {std::move(image), resource + "/main", resource + "/thumb", {}};
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
    ImageApi(store::ImageRepository& images, Pool& checking) : images_(images), checking_(checking) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::images, *this, &ImageApi::list)
            .open_to(http::Access::nodes)
            .summary("What is known of the images of the given ids.");
        router.get(loop_api::image_file, *this, &ImageApi::file)
            .open_to(http::Access::nodes)
            .summary("An image's bytes as they came.")
            .operation.gives("image/jpeg");
        router.post(loop_api::images, *this, &ImageApi::add)
            .open_to(http::Access::detectors)
            .summary("Takes images and their metadata, as pairs of JPEG and JSON in `files`: all of them or none.")
            .body_limit(loop_api::max_image_upload_bytes)
            .takes_room()
            .operation.takes("multipart/form-data");
    }

private:
    /// Answers 200 once every image of the request is durable, and keeps none of them otherwise.
    Task<Result<UploadedImages>> add(store::Project project, http::Request request)
    {
        bool const is_unknown = request.caller.kind == http::Caller::Kind::nobody;
        if (is_unknown && unknown_uploads_ >= max_unknown_uploads)
            co_return Error{Errc::unavailable, "too many uploads without a login at once: try again later"};
        Counted const counted(unknown_uploads_, is_unknown);
        // The images are views into the request's body, which stays here until the check and the database are done.
        auto read = [&request] { return read_image_upload(request.content_type(), request.body); };
        auto uploaded = co_await checking_.run(read);
        if (!uploaded) co_return uploaded.error();
        auto answer = answer_of(*uploaded);
        auto const added = co_await images_.add(project.number, std::move(*uploaded));
        if (!added) co_return with_remedy(added.error());
        log::info("{}/{}: {} of {} images are new", project.organization, project.name, *added, answer.images.size());
        co_return answer;
    }

    Task<Result<ImageList>> list(http::FromQuery<WantedImages> wanted, store::Project project)
    {
        auto ids = ids_in(wanted->ids.value);
        if (!ids) co_return ids.error();
        auto found = co_await images_.find(project.number, std::move(*ids));
        if (!found) co_return found.error();
        ImageList list;
        for (auto& image : *found) list.images.push_back(listed(project, std::move(image)));
        co_return list;
    }

    /// The bytes never change, so a reader may keep them for good.
    Task<Result<http::Response>> file(http::FromPath<ImagePath> path, store::Project project)
    {
        auto const id = lower_case(path->image);
        auto const found = co_await images_.file(project.number, id);
        if (!found) co_return found.error();
        auto const& file = *found;
        if (!file) co_return Error{Errc::not_found, "the project '" + project.name + "' has no image " + printable(id)};
        http::Response response;
        response.content_type = file->media_type;
        response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
        response.body = http::FileBody{file->path, "\"" + file->hash.substr(0, 32) + "\""};
        co_return response;
    }

    store::ImageRepository& images_;
    Pool& checking_;
    int unknown_uploads_ = 0; ///< Of those that nobody knows, being checked and stored.
};

} // namespace

void add_image_api(http::Router& router, store::ImageRepository& images, Pool& checking)
{
    router.keep<ImageApi>(images, checking);
}

} // namespace learning_loop
