#include "learning_loop/server/page/page.h"

#include "learning_loop/http/api/router.h"
#include "learning_loop/http/url.h"
#include "learning_loop/server/page/page_html.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/detector_repository.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/model_repository.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

constexpr int shown_images = 20;

/// Empty: the project that changed last.
struct ShownProject {
    std::string organization;
    std::string project;
};
BOOST_DESCRIBE_STRUCT(ShownProject, (), (organization, project))

class Page {
public:
    explicit Page(PageSources const& sources)
        : sources_(sources), base_(http::path_prefix_of(http::parse_url(sources.url)))
    {}

    void add_to(http::Router& router)
    {
        router.get("/", *this, &Page::show)
            .open_to(http::Access::everybody)
            .summary("How a project stands, for people.")
            .operation.gives("text/html");
        router.get("/page.css", *this, &Page::style)
            .open_to(http::Access::everybody)
            .summary("How the page looks.")
            .operation.gives("text/css");
    }

private:
    /// Shows the project that the query names or, without one, the project that changed last.
    Task<Result<http::Response>> show(http::FromQuery<ShownProject> shown, http::Caller caller)
    {
        if (caller.may < http::Access::nodes) co_return http::redirect_response(base_ + "/login");
        auto projects = co_await sources_.projects.all();
        if (!projects) co_return projects.error();
        std::erase_if(*projects, [&](auto const& one) { return !caller.sees(one.organization, one.name); });
        auto organization = shown->organization;
        auto name = shown->project;
        if ((organization.empty() || name.empty()) && !projects->empty()) {
            organization = projects->front().organization;
            name = projects->front().name;
        }
        std::optional<ProjectView> view;
        if (!organization.empty() && !name.empty()) {
            if (!caller.sees(organization, name)) co_return no_such_project(organization, name);
            auto found = co_await view_of(organization, name);
            if (!found) co_return found.error();
            view = std::move(*found);
        }
        co_return http::html_response(page_html(frame_for(caller), *projects, view));
    }

    PageFrame frame_for(http::Caller const& caller) const
    {
        bool const is_user = caller.kind == http::Caller::Kind::user;
        return {sources_.url, base_, is_user ? caller.name : std::string()};
    }

    Task<Result<http::Response>> style(http::Request)
    {
        auto response = http::text_response(std::string(page_css()));
        response.content_type = "text/css; charset=utf-8";
        co_return response;
    }

    Task<Result<ProjectView>> view_of(std::string organization, std::string name)
    {
        auto project = co_await require_project(sources_.projects, organization, name);
        if (!project) co_return project.error();
        auto counts = co_await sources_.images.counts(project->number);
        if (!counts) co_return counts.error();
        auto inbox = co_await sources_.images.newest(project->number, ImageState::inbox, shown_images);
        if (!inbox) co_return inbox.error();
        auto models = co_await sources_.models.all(project->number);
        if (!models) co_return models.error();
        auto target = co_await sources_.models.target(project->number);
        if (!target) co_return target.error();
        auto detectors = co_await sources_.detectors.all(project->number);
        if (!detectors) co_return detectors.error();
        co_return ProjectView{std::move(*project), std::move(*counts), std::move(*inbox),
                              std::move(*models),  std::move(*target), std::move(*detectors)};
    }

    PageSources sources_;
    std::string base_;
};

} // namespace

void add_page(http::Router& router, PageSources const& sources)
{
    router.keep<Page>(sources);
}

} // namespace learning_loop
