#include "learning_loop/server/image_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/server/image_upload.h"

#include <unordered_set>

namespace learning_loop {
namespace {

constexpr http::RouteLimits upload_limits{160u << 20};

/// One for each image; an id that came twice is one image.
boost::json::array ids_of(std::vector<store::NewImage> const& images)
{
    boost::json::array list;
    std::unordered_set<std::string_view> seen;
    for (auto const& image : images) {
        if (seen.insert(image.id).second) list.push_back(boost::json::object{{"id", image.id}});
    }
    return list;
}

class ImageApi {
public:
    ImageApi(store::ProjectRepository& projects, store::ImageRepository& images, Lane& checking)
        : projects_(projects), images_(images), checking_(checking)
    {}

    void add_to(http::Router& router)
    {
        router.post("/api/{organization}/projects/{project}/images", *this, &ImageApi::add, upload_limits);
    }

private:
    /// Answers 200 once every image of the request is durable, and keeps none of them otherwise.
    Task<Result<http::Response>> add(http::Request request)
    {
        auto project = co_await projects_.find(request.place("organization"), request.place("project"));
        if (!project) co_return project.error();
        // The images are views into the request's body, which stays here until both lanes are done.
        auto read = [&request] { return read_image_upload(request.content_type(), request.body); };
        auto uploaded = co_await checking_.run(read);
        if (!uploaded) co_return uploaded.error();
        auto ids = ids_of(*uploaded);
        auto const count = co_await images_.add(std::move(*project), std::move(*uploaded));
        if (!count) co_return count.error();
        log::info("{}/{}: {} of {} images are new", request.place("organization"), request.place("project"), *count,
                  ids.size());
        co_return http::json_response({{"images", std::move(ids)}});
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
    Lane& checking_;
};

} // namespace

void add_image_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images,
                   Lane& checking)
{
    router.keep<ImageApi>(projects, images, checking);
}

} // namespace learning_loop
