#include "learning_loop/trainer/steps/download_base_model.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/trainer/steps/follow_transfer.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/steps/unpack_model_into.h"
#include "learning_loop/trainer/training/active_training.h"

namespace learning_loop {

Task<StepOutcome> download_base_model(ActiveTraining& active, StepTools& tools)
{
    auto const wanted = active.record.details.base_model_uuid;
    if (!wanted) co_return StepOutcome();
    if (!is_uuid(*wanted)) {
        log::warn("base_model_uuid {} is no UUID: the training begins from scratch", log::value(*wanted));
        co_return StepOutcome();
    }
    LoopClient loop(tools.session, active.record.context);
    auto const zip = active.folders.training / "base_model.zip";
    auto const progress = std::make_shared<http::TransferProgress>(); // shared: with the client's thread
    auto transfer = loop.download_model(*wanted, tools.identity.format, zip, progress);
    auto const fetched = co_await follow_transfer(active, progress, ProgressPart{}, std::move(transfer));
    if (!fetched) co_return step_failed(fetched.error());
    auto unpack = [zip, folder = active.folders.base_model] { return unpack_base_model_into(zip, folder); };
    auto const unpacked = co_await run_caught(tools.files, std::move(unpack));
    if (!unpacked) co_return step_failed(unpacked.error());
    active.record.has_base_model = true;
    co_return StepOutcome();
}

} // namespace learning_loop
