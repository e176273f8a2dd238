#include "learning_loop/trainer/logic/trainer_logic.h"

namespace learning_loop {

Result<std::optional<Command>> TrainerLogic::resume(Training const&)
{
    return std::nullopt;
}

Result<ModelFiles> TrainerLogic::collect_model_files(Training const&, BestState const& best)
{
    return ModelFiles{best.files, best.description};
}

std::optional<std::string> TrainerLogic::explain_failure(Training const&, std::string_view)
{
    return std::nullopt;
}

Result<std::optional<Command>> TrainerLogic::detect_program(Training const&, DetectionJob const&)
{
    return std::nullopt;
}

Result<void> TrainerLogic::collect_detections(Training const&, DetectionJob const&)
{
    return {};
}

Result<std::vector<Detections>> TrainerLogic::detect(Training const&, ModelInformation const&,
                                                     std::vector<std::filesystem::path> const&)
{
    return Error{Errc::unprocessable, "this trainer's logic does not detect: overwrite `detect` or `detects`"};
}

} // namespace learning_loop
