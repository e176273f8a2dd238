#pragma once

namespace learning_loop {

namespace http {
class Router;
}
struct TrainerParts;

/// What an operator may do: `POST /stop_training` and `/abort_training`, which are the events of the Loop.
void add_trainer_api(http::Router& router, TrainerParts& parts);

/// The routes that are for tests only, in the words of peers.
void add_test_api(http::Router& router, TrainerParts& parts);

} // namespace learning_loop
