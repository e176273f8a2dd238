#pragma once

#include "learning_loop/http/api/router.h"

namespace learning_loop {

class LoopSync;
class OutboxUploader;
class SoftReload;

/// `GET /about`, `GET` and `PUT` of `/model_version`, `/outbox_mode` and `/operation_mode`, `PUT /socketio`; with the
/// backdoor, which is for tests, also `POST /reset`.
void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader, SoftReload& soft_reload,
                     bool with_backdoor);

} // namespace learning_loop
