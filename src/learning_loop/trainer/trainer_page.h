#pragma once

#include "learning_loop/node/page/node_status.h"

namespace learning_loop {

class TrainingRunner;

/// Adds what the page tells of a trainer's work: the training that goes on, the curves of its metrics, the last lines
/// of its log, what became of the trainings before, and what an operator may do.
void add_training(NodeStatus& status, TrainingRunner const& trainings);

} // namespace learning_loop
