#include "learning_loop/server/projects/project_api.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/server/projects/project_path.h"

#include <map>
#include <memory>

namespace learning_loop {
namespace {

namespace json = boost::json;

constexpr int page_size = 10'000;
constexpr std::size_t max_ids = 400; ///< As many as a request line may hold.

struct ProjectEntry {
    std::string organization_id;
    std::string project_id;
    std::string resource;
};
BOOST_DESCRIBE_STRUCT(ProjectEntry, (), (organization_id, project_id, resource))

struct ProjectList {
    std::vector<ProjectEntry> projects;
};
BOOST_DESCRIBE_STRUCT(ProjectList, (), (projects))

struct ProjectDetails : ProjectEntry {
    std::vector<Category> categories;
    std::map<std::string, std::int64_t> image_counts; ///< By state.
};
BOOST_DESCRIBE_STRUCT(ProjectDetails, (ProjectEntry), (categories, image_counts))

struct DataFilter {
    std::optional<ImageState> state; ///< Absent: of every state.
};
BOOST_DESCRIBE_STRUCT(DataFilter, (), (state))

struct WantedImages {
    std::string ids; ///< Separated by commas.
};
BOOST_DESCRIBE_STRUCT(WantedImages, (), (ids))

struct ImagePath : ProjectPath {
    std::string image;
};
BOOST_DESCRIBE_STRUCT(ImagePath, (ProjectPath), (image))

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

Result<std::vector<std::string>> ids_in(std::string_view text)
{
    std::vector<std::string> ids;
    while (!text.empty()) {
        auto const end = std::min(text.find(','), text.size());
        auto const id = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!is_uuid(id)) return Error{Errc::unprocessable, "ids: '" + printable(id) + "' is no UUID"};
        if (ids.size() == max_ids) return Error{Errc::unprocessable, "ids: more than 400: ask in several requests"};
        ids.push_back(lower_case(id));
    }
    return ids;
}

/// `{"image_ids": [...], "categories": [...]}`, a slice of the ids at a time: memory does not grow with the project,
/// and nobody waits behind a long list.
class ImageIds {
public:
    ImageIds(store::ImageRepository& images, store::Project project, std::optional<ImageState> state)
        : images_(images), project_(std::move(project)), state_(state)
    {}

    Task<std::string> next()
    {
        if (!after_) co_return "";
        std::string piece = *after_ == 0 ? "{\"image_ids\":[" : "";
        auto const page = (co_await images_.page(project_, state_, *after_, page_size)).value();
        for (auto const& id : page.ids) {
            piece.append(any_ ? ",\"" : "\"").append(id).append("\"");
            any_ = true;
        }
        after_ = page.next_after;
        if (!after_) piece += "],\"categories\":" + to_text(to_json(project_.categories)) + "}";
        co_return piece.empty() ? " " : piece; // an empty piece would be the end
    }

private:
    store::ImageRepository& images_;
    store::Project project_;
    std::optional<ImageState> state_;
    std::optional<std::int64_t> after_ = 0; ///< Nothing: all was given.
    bool any_ = false;
};

class ProjectApi {
public:
    ProjectApi(store::ProjectRepository& projects, store::ImageRepository& images)
        : projects_(projects), images_(images)
    {}

    void add_to(http::Router& router)
    {
        router.get("/api/projects", *this, &ProjectApi::list).summary("All projects; the one that changed last is first.");
        router.get("/api/{organization}/projects/{project}", *this, &ProjectApi::describe)
            .summary("A project's categories and how many images it has.");
        router.get("/api/{organization}/projects/{project}/data", *this, &ProjectApi::data)
            .summary("The ids of the project's images, and its categories.");
        router.get("/api/{organization}/projects/{project}/images", *this, &ProjectApi::images)
            .summary("What is known of the images of the given ids.");
        router.get("/api/{organization}/projects/{project}/images/{image}/main", *this, &ProjectApi::file)
            .summary("An image's bytes as they came.")
            .operation.gives("image/jpeg");
    }

private:
    Task<Result<ProjectList>> list()
    {
        auto const projects = co_await projects_.all();
        if (!projects) co_return projects.error();
        ProjectList list;
        for (auto const& project : *projects) list.projects.push_back(entry_of(project));
        co_return list;
    }

    Task<Result<ProjectDetails>> describe(http::FromPath<ProjectPath> path)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const counts = co_await images_.counts(*project);
        if (!counts) co_return counts.error();
        ProjectDetails details{{entry_of(*project)}, project->categories, {}};
        for (auto const& [state, count] : *counts)
            details.image_counts[boost::describe::enum_to_string(state, "?")] = count;
        co_return details;
    }

    Task<Result<http::Response>> data(http::FromPath<ProjectPath> path, http::FromQuery<DataFilter> filter)
    {
        auto project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        // shared: with the copies that the answer may be made of
        auto const ids = std::make_shared<ImageIds>(images_, std::move(*project), filter->state);
        http::Response response;
        response.body = http::StreamBody{[ids] { return ids->next(); }};
        co_return response;
    }

    Task<Result<json::value>> images(http::FromPath<ProjectPath> path, http::FromQuery<WantedImages> wanted)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto ids = ids_in(wanted->ids);
        if (!ids) co_return ids.error();
        auto const found = co_await images_.find(*project, std::move(*ids));
        if (!found) co_return found.error();
        json::array items;
        for (auto const& image : *found) items.push_back(image_json(*project, image));
        co_return json::object{{"images", std::move(items)}};
    }

    /// The bytes never change, so a reader may keep them for good.
    Task<Result<http::Response>> file(http::FromPath<ImagePath> path)
    {
        auto const project = co_await projects_.find(path->organization, path->project);
        if (!project) co_return project.error();
        auto const file = co_await images_.file(*project, lower_case(path->image));
        if (!file) co_return file.error();
        http::Response response;
        response.content_type = file->media_type;
        response.headers.add("Cache-Control", "private, max-age=31536000, immutable");
        response.body = http::FileBody{file->path, "\"" + file->hash.substr(0, 32) + "\""};
        co_return response;
    }

    static ProjectEntry entry_of(store::Project const& project)
    {
        return {project.organization, project.name, resource_of(project)};
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
