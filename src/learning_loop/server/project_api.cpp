#include "learning_loop/server/project_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr int page_size = 10'000;
constexpr std::size_t most_ids = 400; ///< As many as a request line may hold.

std::string resource_of(store::Project const& project)
{
    return "/" + project.organization + "/projects/" + project.name;
}

json::object image_json(store::Project const& project, store::StoredImage const& image)
{
    auto item = json_of(image);
    auto const resource = resource_of(project) + "/images/" + image.id;
    item["resource"] = resource + "/main";
    item["thumbnail"] = resource + "/thumb";
    item["segmentation_annotations"] = json::array(); // nothing here makes any; readers want the list
    return item;
}

/// The state that the query asks for; nothing stands for all of them.
Result<std::optional<ImageState>> state_in(http::Request const& request)
{
    auto const text = request.query_value("state");
    if (!text) return std::optional<ImageState>();
    ImageState state{};
    if (boost::describe::enum_from_string(std::string(*text).c_str(), state)) return std::optional(state);
    return Error{Errc::unprocessable, "state: '" + printable(*text) +
                                          "' is unknown: use backlog, inbox, annotate, review, complete or trash"};
}

Result<std::vector<std::string>> ids_in(std::string_view text)
{
    std::vector<std::string> ids;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto const id = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!is_uuid(id)) return Error{Errc::unprocessable, "ids: '" + printable(id) + "' is no UUID"};
        if (ids.size() == most_ids) return Error{Errc::unprocessable, "ids: more than 400: ask in several requests"};
        ids.push_back(lower_case(id));
    }
    return ids;
}

class ProjectApi {
public:
    ProjectApi(store::ProjectRepository& projects, store::ImageRepository& images)
        : projects_(projects), images_(images)
    {}

    void add_to(http::Router& router)
    {
        router.get("/api/projects", *this, &ProjectApi::list);
        router.get("/api/{organization}/projects/{project}", *this, &ProjectApi::describe);
        router.get("/api/{organization}/projects/{project}/data", *this, &ProjectApi::data);
        router.get("/api/{organization}/projects/{project}/images", *this, &ProjectApi::images);
        router.get("/api/{organization}/projects/{project}/images/{image}/main", *this, &ProjectApi::file);
    }

private:
    Task<Result<http::Response>> list(http::Request)
    {
        auto const projects = co_await projects_.all();
        if (!projects) co_return projects.error();
        json::array items;
        for (auto const& project : *projects) {
            items.push_back({{"organization_id", project.organization},
                             {"project_id", project.name},
                             {"resource", resource_of(project)}});
        }
        co_return http::json_response({{"projects", std::move(items)}});
    }

    Task<Result<http::Response>> describe(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const counts = co_await images_.counts(*project);
        if (!counts) co_return counts.error();
        json::object states;
        for (auto const& [state, count] : *counts) states[boost::describe::enum_to_string(state, "?")] = count;
        json::object answer{{"organization_id", project->organization},
                            {"project_id", project->name},
                            {"resource", resource_of(*project)}};
        answer["categories"] = to_json(project->categories);
        answer["image_counts"] = std::move(states);
        co_return http::json_response(answer);
    }

    Task<Result<http::Response>> data(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const state = state_in(request);
        if (!state) co_return state.error();
        json::array ids;
        std::optional<std::int64_t> after = 0;
        while (after) { // in slices, so that nobody waits behind a long list
            auto const page = co_await images_.page(*project, *state, *after, page_size);
            if (!page) co_return page.error();
            for (auto const& id : page->ids) ids.emplace_back(id);
            after = page->next_after;
        }
        json::object answer;
        answer["image_ids"] = std::move(ids);
        answer["categories"] = to_json(project->categories);
        co_return http::json_response(answer);
    }

    Task<Result<http::Response>> images(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto const text = request.query_value("ids");
        if (!text) co_return http::field_required("query", "ids");
        auto ids = ids_in(*text);
        if (!ids) co_return ids.error();
        auto const found = co_await images_.find(*project, std::move(*ids));
        if (!found) co_return found.error();
        json::array items;
        for (auto const& image : *found) items.push_back(image_json(*project, image));
        co_return http::json_response({{"images", std::move(items)}});
    }

    /// The image's bytes as they came. They never change, so a reader may keep them for good.
    Task<Result<http::Response>> file(http::Request request)
    {
        auto const project = co_await find(request);
        if (!project) co_return project.error();
        auto file = co_await images_.file(*project, lower_case(request.place("image")));
        if (!file) co_return file.error();
        auto const tag = "\"" + file->hash.substr(0, 32) + "\"";
        http::Response response;
        response.content_type = file->media_type;
        response.headers.add("ETag", tag);
        response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
        auto const known = request.headers.find("If-None-Match");
        if (known && (*known == "*" || known->find(tag) != std::string_view::npos)) response.status = 304;
        else response.body = http::FileBody{std::move(file->path)};
        co_return response;
    }

    Task<Result<store::Project>> find(http::Request const& request)
    {
        return projects_.find(request.place("organization"), request.place("project"));
    }

    store::ProjectRepository& projects_;
    store::ImageRepository& images_;
};

} // namespace

void add_project_api(http::Router& router, store::ProjectRepository& projects, store::ImageRepository& images)
{
    router.keep<ProjectApi>(projects, images);
}

} // namespace learning_loop
