#pragma once

#include "learning_loop/http/api/router.h"

namespace learning_loop {

class Detector;

/// `POST /detect` and `POST /upload`.
void add_detect_api(http::Router& router, Detector& detector);

} // namespace learning_loop
