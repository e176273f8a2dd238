#include "learning_loop/detector/detect_events.h"

#include "learning_loop/detector/detector.h"

namespace learning_loop {
namespace {

/// As the answer of POST /detect, with what that tells in a header.
boost::json::value json_of(Detected const& detected)
{
    auto value = to_json(detected.metadata);
    value.as_object()["upload_causes"] = to_json(detected.causes);
    return value;
}

} // namespace

DetectEvents::DetectEvents(Detector& detector, DetectionService const& detection, ImageLimits const& limits)
    : detector_(detector), detection_(detection), limits_(limits)
{}

void DetectEvents::add_to(socketio::Events& events)
{
    events.on("detect", *this, &DetectEvents::detect);
    events.on("batch_detect", *this, &DetectEvents::batch_detect);
    events.on("upload", *this, &DetectEvents::upload);
}

Task<Result<boost::json::value>> DetectEvents::detect(socketio::Arguments arguments)
{
    if (auto const ready = detection_.check_ready(); !ready) co_return ready.error();
    auto items = co_await answers_to(read_detect_request(arguments, limits_));
    if (!items) co_return items.error();
    co_return std::move(items->front());
}

Task<Result<boost::json::value>> DetectEvents::batch_detect(socketio::Arguments arguments)
{
    if (auto const ready = detection_.check_ready(); !ready) co_return ready.error();
    auto items = co_await answers_to(read_batch_detect_request(arguments, limits_));
    if (!items) co_return items.error();
    boost::json::object answer;
    answer["items"] = std::move(*items);
    co_return answer;
}

/// One for each image, in their order.
Task<Result<boost::json::array>> DetectEvents::answers_to(Result<DetectRequest> request)
{
    if (!request) co_return request.error();
    auto const detected = co_await detector_.detect(std::move(request->images), std::move(request->notes));
    if (!detected) co_return detected.error();
    boost::json::array items;
    for (auto const& one : *detected) items.push_back(json_of(one));
    co_return items;
}

Task<Result<boost::json::value>> DetectEvents::upload(socketio::Arguments arguments)
{
    auto request = read_upload_request(arguments, limits_);
    if (!request) co_return request.error();
    std::vector<SentImage> images;
    images.push_back(std::move(request->image));
    auto const kept = co_await detector_.keep(std::move(images), std::move(request->metadata), request->priority);
    if (!kept) co_return kept.error();
    boost::json::object answer;
    answer["status"] = "OK";
    co_return answer;
}

} // namespace learning_loop
