#pragma once

#include "learning_loop/http/api/router.h"

namespace learning_loop {

class LoopSync;
class OutboxUploader;

/// `GET /about`, and `GET` and `PUT` of `/model_version` and `/outbox_mode`.
void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader);

} // namespace learning_loop
