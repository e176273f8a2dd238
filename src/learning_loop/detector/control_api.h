#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/outbox_uploader.h"

namespace learning_loop {

/// `GET /about`, and `GET` and `PUT` of `/model_version` and `/outbox_mode`.
void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader);

} // namespace learning_loop
