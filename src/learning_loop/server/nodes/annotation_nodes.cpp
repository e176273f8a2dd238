#include "learning_loop/server/nodes/annotation_nodes.h"

#include "learning_loop/base/text.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/images/mark_check.h"
#include "learning_loop/server/nodes/connected_nodes.h"
#include "learning_loop/server/nodes/node_hub.h"
#include "learning_loop/server/nodes/node_reports.h"
#include "learning_loop/server/projects/project_lookup.h"
#include "learning_loop/store/image_editor.h"
#include "learning_loop/store/image_repository.h"
#include "learning_loop/store/project_repository.h"

#include <algorithm>
#include <chrono>

namespace learning_loop {
namespace {

using namespace std::chrono_literals;

constexpr auto to_draw = 30s;              // the first time a node downloads the image
constexpr std::size_t max_shapes = 10'000; // in one image

Error no_image(std::string const& id)
{
    return {Errc::not_found, "the project has no image " + printable(id)};
}

Error no_node()
{
    return {Errc::unavailable, "no annotation node is connected that may see this project: start one"};
}

} // namespace

AnnotationNodes::AnnotationNodes(NodeHub& hub, ConnectedNodes& nodes, store::ProjectRepository& projects,
                                 store::ImageRepository& images, store::ImageEditor& editor)
    : hub_(hub), nodes_(nodes), projects_(projects), images_(images), editor_(editor)
{
    hub.events().on("update_annotation_node", *this, &AnnotationNodes::update_annotation_node);
    hub.events().on("update_segmentation_annotation", *this, &AnnotationNodes::update_segmentation_annotation);
}

Task<Result<std::string>> AnnotationNodes::pass_on(store::Project project, UserInput input)
{
    auto& data = input.data;
    auto const category = std::ranges::find(project.categories, data.category.id, &Category::id);
    if (category == project.categories.end())
        co_return Error{Errc::unprocessable, "data.category.id: the project has no category of that id"};
    std::vector const ids{lower_case(data.image_uuid)};
    auto const missing = co_await images_.missing(project.number, ids);
    if (!missing) co_return missing.error();
    if (!missing->empty()) co_return no_image(data.image_uuid);
    data.image_uuid = ids.front();
    data.category = *category;
    data.context = {project.organization, project.name};
    auto peer = peer_for(input.frontend_id, input.data.context);
    if (!peer) co_return no_node();
    auto arguments = socketio::Arguments::of(input);
    auto const ack = co_await hub_.call(std::move(peer), "handle_user_input", std::move(arguments), to_draw);
    if (!ack) co_return ack.error();
    if (!ack->success) {
        co_return Error{Errc::unprocessable, "the annotation node could not do it: " +
                                                 printable(ack->error_msg.value_or("it tells no reason"))};
    }
    auto const* svg = ack->payload.if_string();
    co_return svg ? std::string(*svg) : std::string();
}

Task<Result<void>> AnnotationNodes::forget(std::string frontend)
{
    auto const found = std::ranges::find(windows_, frontend, &Window::frontend);
    if (found == windows_.end()) co_return Result<void>();
    auto const* node = nodes_.find(store::NodeKind::annotation_node, found->node);
    auto peer = node ? node->peer() : nullptr;
    windows_.erase(found);
    if (!peer) co_return Result<void>();
    auto arguments = socketio::Arguments::of(frontend);
    auto const ack = co_await hub_.call(std::move(peer), "user_logout", std::move(arguments), to_draw);
    if (!ack) co_return ack.error();
    co_return Result<void>();
}

/// That of the window's node; if it is gone, or the window is new, that of any one.
socketio::PeerPtr AnnotationNodes::peer_for(std::string const& frontend, Context const& context)
{
    auto const can_see = [&](KnownNode const& node) {
        return node.row.kind == store::NodeKind::annotation_node && node.is_connected() &&
               node.peer()->caller.sees(context.organization, context.project);
    };
    auto const window = std::ranges::find(windows_, frontend, &Window::frontend);
    if (window != windows_.end()) {
        auto const* node = nodes_.find(store::NodeKind::annotation_node, window->node);
        if (node && can_see(*node)) {
            windows_.splice(windows_.begin(), windows_, window);
            return node->peer();
        }
        windows_.erase(window);
    }
    auto const all = nodes_.all();
    auto const chosen = std::ranges::find_if(all, [&](KnownNode const* one) { return can_see(*one); });
    if (chosen == all.end()) return nullptr;
    windows_.push_front({frontend, (*chosen)->row.id});
    if (windows_.size() > max_windows) windows_.pop_back();
    return (*chosen)->peer();
}

Task<Result<NodeAck>> AnnotationNodes::update_annotation_node(NodePeer from, boost::json::value status)
{
    auto const read = read_annotator_status(status);
    if (!read) co_return read.error();
    auto const told =
        nodes_.tell({store::NodeKind::annotation_node, read->id, read->name, to_text(to_json(*read))}, from.peer);
    if (!told) co_return told.error();
    co_return NodeAck();
}

Task<Result<NodeAck>> AnnotationNodes::update_segmentation_annotation(NodePeer from, std::string organization,
                                                                      std::string project,
                                                                      SegmentationAnnotation annotation)
{
    auto const& caller = from.peer->caller;
    if (!caller.sees(organization, project)) co_return no_such_project(organization, project);
    auto const found = co_await require_project(projects_, organization, project);
    if (!found) co_return found.error();
    auto const good = co_await check(*found, annotation);
    if (!good) co_return good.error();
    auto const kept = co_await editor_.put_segmentation(found->number, std::move(annotation), caller.name);
    if (!kept) co_return kept.error();
    co_return NodeAck();
}

/// As what people write is checked.
Task<Result<void>> AnnotationNodes::check(store::Project const& project, SegmentationAnnotation const& annotation)
{
    auto const image = co_await images_.find_annotated(project.number, lower_case(annotation.image_id));
    if (!image) co_return image.error();
    if (!*image) co_return no_image(annotation.image_id);
    if ((*image)->segmentation_annotations.size() >= max_shapes) {
        co_return Error{Errc::conflict, "the image has " + std::to_string(max_shapes) +
                                            " segmentations, which is the most: remove some of them"};
    }
    ShapeAnnotation outline{"", Shape{annotation.shape.points}, annotation.category_id};
    co_return check_outline(std::move(outline), {(*image)->width, (*image)->height}, project.categories);
}

} // namespace learning_loop
