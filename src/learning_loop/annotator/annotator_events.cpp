#include "learning_loop/annotator/annotator_events.h"

#include "learning_loop/annotator/drawings.h"
#include "learning_loop/base/text.h"
#include "learning_loop/node/loop_connection.h"

#include <chrono>
#include <utility>

namespace learning_loop {
namespace {

constexpr std::chrono::seconds patience{30};

} // namespace

void AnnotatorEvents::add_to(socketio::Events& events)
{
    events.on("handle_user_input", *this, &AnnotatorEvents::handle_user_input);
    events.on("user_logout", *this, &AnnotatorEvents::user_logout);
}

Task<Result<NodeAck>> AnnotatorEvents::handle_user_input(UserInput input)
{
    auto svg = co_await drawings_.handle(std::move(input));
    if (!svg) co_return svg.error();
    co_return NodeAck{true, {}, boost::json::string(*svg)};
}

Task<Result<NodeAck>> AnnotatorEvents::user_logout(std::string frontend)
{
    auto const forgotten = co_await drawings_.forget(std::move(frontend));
    if (!forgotten) co_return forgotten.error();
    co_return NodeAck();
}

Task<Result<void>> send_shape(LoopConnection& connection, Context project, SegmentationAnnotation shape)
{
    auto arguments = socketio::Arguments::of(project.organization, project.project, shape);
    auto const ack = co_await connection.call("update_segmentation_annotation", std::move(arguments), patience);
    if (!ack) {
        co_return Error{Errc::unavailable, "the Loop did not answer, so the shape may not be kept: finish it again (" +
                                               ack.error().message + ")"};
    }
    if (ack->success) co_return Result<void>();
    co_return Error{Errc::unprocessable,
                    "the Loop does not take the shape: " + printable(ack->error_msg.value_or("it tells no reason"))};
}

} // namespace learning_loop
