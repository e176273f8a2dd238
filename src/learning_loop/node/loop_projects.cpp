#include "learning_loop/node/loop_projects.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/json/json.h"

namespace learning_loop {
namespace {

struct ListedProjects {
    std::vector<boost::json::value> projects;
};
BOOST_DESCRIBE_STRUCT(ListedProjects, (), (projects))

/// What a node needs of one project; Loops differ in the rest.
struct ListedProject {
    std::string organization_id;
    std::string project_id;
};
BOOST_DESCRIBE_STRUCT(ListedProject, (), (organization_id, project_id))

Result<std::vector<Context>> projects_from(std::string const& text)
{
    auto const document = parse_json(text, "projects");
    if (!document) return document.error();
    auto const listed = from_json<ListedProjects>(*document);
    if (!listed) return listed.error();
    std::vector<Context> projects;
    for (auto const& item : listed->projects) {
        auto const project = from_json<ListedProject>(item);
        if (project && is_name(project->organization_id) && is_name(project->project_id))
            projects.push_back({project->organization_id, project->project_id});
    }
    return projects;
}

} // namespace

Task<Result<std::vector<Context>>> fetch_projects(LoopSession& session)
{
    LoopSession::Call const call = [](auto& http) { return http.get(std::string(loop_api::projects)); };
    auto const answer = co_await session.ask(call, WhenBusy::answer);
    if (!answer) co_return answer.error();
    if (answer->status != 200) co_return loop_refusal(*answer, "projects");
    co_return projects_from(answer->body);
}

} // namespace learning_loop
