#pragma once

#include "learning_loop/http/api/router.h"
#include "learning_loop/detector/detection_service.h"
#include "learning_loop/detector/image_keeper.h"
#include "learning_loop/detector/relevance_filter.h"

namespace learning_loop {

/// `POST /detect` and `POST /upload`.
void add_detect_api(http::Router& router, DetectionService& detection, RelevanceFilter& filter, ImageKeeper& keeper);

} // namespace learning_loop
