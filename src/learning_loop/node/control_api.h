#pragma once

#include "learning_loop/net/http/router.h"
#include "learning_loop/node/loop_sync.h"
#include "learning_loop/node/outbox_uploader.h"

namespace learning_loop {

/// `GET /about`, and `GET` and `PUT` of `/model_version` and `/outbox_mode`.
void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader);

} // namespace learning_loop
