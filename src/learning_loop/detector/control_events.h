#pragma once

#include "learning_loop/http/access.h"
#include "learning_loop/socketio/events.h"

#include <string>

namespace learning_loop {

namespace http {
class OperatorDoor;
}
class LoopSync;
class OutboxUploader;
class SoftReload;

/// Answers the events that tell and change how a detector runs. Must live as long as the events are answered.
class ControlEvents {
public:
    ControlEvents(http::OperatorDoor const& door, LoopSync& sync, OutboxUploader& uploader, SoftReload& soft_reload);

    void add_to(socketio::Events& events);

private:
    Task<Result<boost::json::value>> info();
    Task<Result<boost::json::value>> about();
    Task<Result<boost::json::value>> get_model_version();
    Task<Result<boost::json::value>> get_outbox_mode();
    Task<Result<boost::json::value>> set_model_version_mode(http::Caller caller, std::string mode);
    Task<Result<boost::json::value>> set_outbox_mode(http::Caller caller, std::string mode);
    Task<Result<boost::json::value>> reload(http::Caller caller);

    http::OperatorDoor const& door_;
    LoopSync& sync_;
    OutboxUploader& uploader_;
    SoftReload& soft_reload_;
};

} // namespace learning_loop
