#pragma once

#include "learning_loop/trainer/command/trainer_file.h"
#include "learning_loop/trainer/logic/training.h"

#include <optional>
#include <string>

namespace learning_loop {

/// The best state of a program that writes no progress lines, by the files that [best] of the trainer file names; as
/// `TrainerLogic::find_best_state`. A state is new when its files have changed, and when the detections have come by
/// which it is measured. While the program runs, files that have just changed are left alone for 2 s: they may be
/// written in place. `epoch`: the newest that is known. Blocks. The files of other formats than `own_format` count once
/// they are there and as new as those of that one. Errors: those of `measure_quality`; invalid_argument if a file lies
/// elsewhere by way of links.
Result<std::optional<BestState>> find_best_files(Training const& training, BestSection const& section,
                                                 std::string const& own_format, std::optional<BestState> const& last,
                                                 std::optional<double> epoch);

} // namespace learning_loop
