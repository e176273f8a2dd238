#include "learning_loop/server/images/image_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/server/images/image_upload.h"
#include "learning_loop/server/projects/project_path.h"

#include <unordered_set>

namespace learning_loop {
namespace {

constexpr std::size_t max_upload_bytes = 160u << 20;

struct KeptImage {
    std::string id;
};
BOOST_DESCRIBE_STRUCT(KeptImage, (), (id))

struct KeptImages {
    std::vector<KeptImage> images;
};
BOOST_DESCRIBE_STRUCT(KeptImages, (), (images))

/// One for each image; an id that came twice is one image.
KeptImages kept(std::vector<store::NewImage> const& images)
{
    KeptImages list;
    std::unordered_set<std::string_view> seen;
    for (auto const& image : images) {
        if (seen.insert(image.id).second) list.images.push_back({image.id});
    }
    return list;
}

class ImageApi {
public:
    ImageApi(store::ProjectRepository& projects, store::ImageRepository& images, Pool& checking)
        : projects_(projects), images_(images), checking_(checking)
    {}

    void add_to(http::Router& router)
    {
        router.post("/api/{organization}/projects/{project}/images", *this, &ImageApi::add)
            .summary("Takes images and their metadata, as pairs of JPEG and JSON in `files`: all of them or none.")
            .body_limit(max_upload_bytes)
            .operation.takes("multipart/form-data");
    }

private:
    /// Answers 200 once every image of the request is durable, and keeps none of them otherwise.
    Task<Result<KeptImages>> add(http::FromPath<ProjectPath> path, http::Request request)
    {
        auto project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        // The images are views into the request's body, which stays here until both lanes are done.
        auto read = [&request] { return read_image_upload(request.content_type(), request.body); };
        auto uploaded = co_await checking_.run(read);
        if (!uploaded) co_return uploaded.error();
        auto list = kept(*uploaded);
        auto const count = co_await images_.add(std::move(*project), std::move(*uploaded));
        if (!count) co_return count.error();
        log::info("{}/{}: {} of {} images are new", path->organization, path->project, *count, list.images.size());
        co_return list;
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
    Pool& checking_;
};

} // namespace

void add_image_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                   Pool& checking)
{
    router.keep<ImageApi>(projects, images, checking);
}

} // namespace learning_loop
