#pragma once

#include "learning_loop/net/http/router.h"
#include "learning_loop/node/detection_service.h"
#include "learning_loop/node/image_keeper.h"
#include "learning_loop/node/relevance_filter.h"

namespace learning_loop {

/// `POST /detect` and `POST /upload`.
void add_detect_api(http::Router& router, DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper);

} // namespace learning_loop
