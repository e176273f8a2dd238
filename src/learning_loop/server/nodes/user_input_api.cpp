#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/loop_status.h"
#include "learning_loop/data/node_list.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/server/nodes/annotation_nodes.h"
#include "learning_loop/server/nodes/node_api.h"
#include "learning_loop/store/project.h"

#include <boost/describe/class.hpp>

namespace learning_loop {
namespace {

struct FrontendPath {
    std::string frontend;
};
BOOST_DESCRIBE_STRUCT(FrontendPath, (), (frontend))

/// The names of windows are their owners': nobody reaches into the window of another.
std::string window_of(http::Caller const& caller, std::string const& frontend)
{
    bool const is_script = caller.kind == http::Caller::Kind::script; // which may have the name of a person
    return (is_script ? "script " : "") + caller.name + "/" + frontend;
}

class UserInputApi {
public:
    explicit UserInputApi(AnnotationNodes& nodes) : nodes_(nodes) {}

    void add_to(http::Router& router)
    {
        router.post(loop_api::user_input, *this, &UserInputApi::pass_on)
            .open_to(http::Access::people)
            .summary(
                "Passes on what a person does over an image; the answer is what an annotation node draws, as SVG.");
        router.add("DELETE", loop_api::user_input_end, *this, &UserInputApi::end)
            .open_to(http::Access::people)
            .summary("The window is closed: what it has begun to draw is forgotten.");
    }

private:
    Task<Result<DrawnInput>> pass_on(http::FromJson<UserInput> input, store::Project project, http::Caller caller)
    {
        constexpr std::size_t max_id = 200;
        if (input->frontend_id.empty() || input->frontend_id.size() > max_id)
            co_return Error{Errc::unprocessable,
                            "frontend_id: must have 1 to " + std::to_string(max_id) + " characters"};
        input.value.frontend_id = window_of(caller, input->frontend_id);
        auto svg = co_await nodes_.pass_on(std::move(project), std::move(input.value));
        if (!svg) co_return svg.error();
        co_return DrawnInput{std::move(*svg)};
    }

    Task<Result<LoopStatus>> end(http::FromPath<FrontendPath> path, store::Project, http::Caller caller)
    {
        auto const ended = co_await nodes_.forget(window_of(caller, path->frontend));
        if (!ended) co_return ended.error();
        co_return LoopStatus{"ok"};
    }

    AnnotationNodes& nodes_;
};

} // namespace

void add_user_input_api(http::Router& router, AnnotationNodes& annotation_nodes)
{
    router.keep<UserInputApi>(annotation_nodes);
}

} // namespace learning_loop
