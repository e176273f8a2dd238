#include "learning_loop/server/images/data_api.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/models/model_errors.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project.h"

#include <functional>
#include <memory>

namespace learning_loop {
namespace {

constexpr int page_size = 10'000;

struct DataFilter {
    std::optional<ImageState> state; ///< Absent: of every state.
};
BOOST_DESCRIBE_STRUCT(DataFilter, (), (state))

/// A list of ids, a slice at a time: memory does not grow with the project, and nobody waits behind a long list.
class IdStream {
public:
    using Page = store::ImageRepository::Page;
    using NextPage = std::function<Task<Result<Page>>(std::int64_t after)>;

    /// `head` and `tail` stand around the list.
    IdStream(NextPage next_page, std::string head, std::string tail)
        : next_page_(std::move(next_page)), head_(std::move(head)), tail_(std::move(tail))
    {}

    /// For a StreamBody.
    Task<std::string> next()
    {
        if (!after_) co_return "";
        std::string piece = *after_ == 0 ? head_ + "[" : "";
        auto const page = (co_await next_page_(*after_)).value();
        for (auto const& id : page.ids) {
            piece.append(any_ ? ",\"" : "\"").append(id).append("\"");
            any_ = true;
        }
        after_ = page.next_after;
        if (!after_) piece += "]" + tail_;
        co_return piece.empty() ? " " : piece; // an empty piece would be taken for the end
    }

private:
    NextPage next_page_;
    std::string head_;
    std::string tail_;
    std::optional<std::int64_t> after_ = 0; ///< Absent once everything was given.
    bool any_ = false;
};

http::Response streamed(IdStream ids)
{
    auto const shared = std::make_shared<IdStream>(std::move(ids)); // shared: with the copies of the answer
    http::Response response;
    response.body = http::StreamBody{[shared] { return shared->next(); }};
    return response;
}

class DataApi {
public:
    DataApi(store::ImageRepository& images, store::ModelRepository& models) : images_(images), models_(models) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::data, *this, &DataApi::data)
            .open_to(http::Access::nodes)
            .summary("The ids of the project's images, and its categories.");
        auto& route = router.get(loop_api::deployment_image_ids, *this, &DataApi::without_detections);
        route.open_to(http::Access::nodes)
            .summary("The ids of images in which the deployment target has found nothing, or not looked.");
        route.operation.gives_json(json_type<std::vector<std::string>>());
    }

private:
    Task<Result<http::Response>> data(http::FromQuery<DataFilter> filter, store::Project project)
    {
        auto next_page = [this, number = project.number, state = filter->state](std::int64_t after) {
            return images_.page(number, state, after, page_size);
        };
        auto tail = ",\"categories\":" + to_text(to_json(project.categories)) + "}";
        co_return streamed(IdStream(std::move(next_page), "{\"image_ids\":", std::move(tail)));
    }

    Task<Result<http::Response>> without_detections(store::Project project)
    {
        auto const target = co_await models_.target(project.number);
        if (!target) co_return target.error();
        if (!*target) co_return no_deployment_target(project);
        auto next_page = [this, number = project.number, version = (*target)->version](std::int64_t after) {
            return images_.page_without(number, version, after, page_size);
        };
        co_return streamed(IdStream(std::move(next_page), "", ""));
    }

    store::ImageRepository& images_;
    store::ModelRepository& models_;
};

} // namespace

void add_data_api(http::Router& router, store::ImageRepository& images, store::ModelRepository& models)
{
    router.keep<DataApi>(images, models);
}

} // namespace learning_loop
