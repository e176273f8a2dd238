#include "learning_loop/server/images/data_api.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/json/json.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project.h"

#include <memory>

namespace learning_loop {
namespace {

constexpr int page_size = 10'000;

struct DataFilter {
    std::optional<ImageState> state; ///< Absent: of every state.
};
BOOST_DESCRIBE_STRUCT(DataFilter, (), (state))

/// `{"image_ids": [...], "categories": [...]}`, a slice of the ids at a time: memory does not grow with the project,
/// and nobody waits behind a long list.
class ImageIds {
public:
    ImageIds(store::ImageRepository& images, store::Project project, std::optional<ImageState> state)
        : images_(images), project_(std::move(project)), state_(state)
    {}

    /// For a StreamBody.
    Task<std::string> next()
    {
        if (!after_) co_return "";
        std::string piece = *after_ == 0 ? "{\"image_ids\":[" : "";
        auto const page = (co_await images_.page(project_.number, state_, *after_, page_size)).value();
        for (auto const& id : page.ids) {
            piece.append(any_ ? ",\"" : "\"").append(id).append("\"");
            any_ = true;
        }
        after_ = page.next_after;
        if (!after_) piece += "],\"categories\":" + to_text(to_json(project_.categories)) + "}";
        co_return piece.empty() ? " " : piece; // an empty piece would be taken for the end
    }

private:
    store::ImageRepository& images_;
    store::Project project_;
    std::optional<ImageState> state_;
    std::optional<std::int64_t> after_ = 0; ///< Absent once everything was given.
    bool any_ = false;
};

class DataApi {
public:
    explicit DataApi(store::ImageRepository& images) : images_(images) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::data, *this, &DataApi::data)
            .open_to(http::Access::nodes)
            .summary("The ids of the project's images, and its categories.");
    }

private:
    Task<Result<http::Response>> data(http::FromQuery<DataFilter> filter, store::Project project)
    {
        // shared: with the copies that the answer may be made of
        auto const ids = std::make_shared<ImageIds>(images_, std::move(project), filter->state);
        http::Response response;
        response.body = http::StreamBody{[ids] { return ids->next(); }};
        co_return response;
    }

    store::ImageRepository& images_;
};

} // namespace

void add_data_api(http::Router& router, store::ImageRepository& images)
{
    router.keep<DataApi>(images);
}

} // namespace learning_loop
