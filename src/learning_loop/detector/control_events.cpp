#include "learning_loop/detector/control_events.h"

#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/detector/soft_reload.h"
#include "learning_loop/http/server/operator_door.h"

namespace learning_loop {
namespace {

boost::json::value only(std::string_view key, std::string_view text)
{
    boost::json::object object;
    object[key] = text;
    return object;
}

/// What an event answers that changed something.
Result<boost::json::value> status_of(Result<void> const& done)
{
    if (!done) return done.error();
    return only("status", "OK");
}

} // namespace

ControlEvents::ControlEvents(http::OperatorDoor const& door, LoopSync& sync, OutboxUploader& uploader,
                             SoftReload& soft_reload)
    : door_(door), sync_(sync), uploader_(uploader), soft_reload_(soft_reload)
{}

void ControlEvents::add_to(socketio::Events& events)
{
    events.on("info", *this, &ControlEvents::info);
    events.on("about", *this, &ControlEvents::about);
    events.on("get_model_version", *this, &ControlEvents::get_model_version);
    events.on("get_outbox_mode", *this, &ControlEvents::get_outbox_mode);
    events.on("set_model_version_mode", *this, &ControlEvents::set_model_version_mode);
    events.on("set_outbox_mode", *this, &ControlEvents::set_outbox_mode);
    events.on("soft_reload", *this, &ControlEvents::reload);
}

Task<Result<boost::json::value>> ControlEvents::info()
{
    if (auto const model = sync_.about().model_info) co_return to_json(*model);
    auto const version = sync_.updating_to();
    co_return only("status", version ? "Updating model to version " + *version : "No model loaded");
}

Task<Result<boost::json::value>> ControlEvents::about()
{
    co_return to_json(sync_.about());
}

Task<Result<boost::json::value>> ControlEvents::get_model_version()
{
    co_return to_json(sync_.versions());
}

Task<Result<boost::json::value>> ControlEvents::get_outbox_mode()
{
    co_return only("outbox_mode", boost::describe::enum_to_string(uploader_.mode(), "?"));
}

Task<Result<boost::json::value>> ControlEvents::set_model_version_mode(http::Caller caller, std::string mode)
{
    if (auto const admitted = door_.check_operator(caller); !admitted) co_return admitted.error();
    auto const chosen = co_await sync_.choose(std::move(mode));
    co_return status_of(chosen);
}

Task<Result<boost::json::value>> ControlEvents::set_outbox_mode(http::Caller caller, std::string mode)
{
    if (auto const admitted = door_.check_operator(caller); !admitted) co_return admitted.error();
    co_return status_of(uploader_.choose_mode(mode));
}

Task<Result<boost::json::value>> ControlEvents::reload(http::Caller caller)
{
    if (auto const admitted = door_.check_operator(caller); !admitted) co_return admitted.error();
    auto const reloaded = co_await soft_reload_.reload();
    co_return status_of(reloaded);
}

} // namespace learning_loop
