#pragma once

#include "learning_loop/detector/page/live_status.h"

#include <functional>

namespace learning_loop {

class RecentFrames;

namespace http {
class Router;
}

/// `GET /`: a page that shows people what the node sees and how it is, each second anew, without anything from beyond
/// this machine. What it shows comes from `/live` and `/live/frames/{number}`, which are for operators: they tell what
/// cameras see. `status` is called on the io thread for each answer. The frames must outlive the router.
void add_live_page(http::Router& router, RecentFrames const& frames, std::function<LiveStatus()> status);

} // namespace learning_loop
