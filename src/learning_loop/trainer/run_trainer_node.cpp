#include "learning_loop/trainer/run_trainer_node.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/node/run_node.h"
#include "learning_loop/trainer/process/guard.h"
#include "learning_loop/trainer/trainer_parts.h"

namespace learning_loop {
namespace {

/// It stands in the paths that the Loop is asked with.
Result<void> check_format(TrainerLogic const& logic)
{
    auto const format = logic.format();
    if (is_name(format)) return {};
    return Error{Errc::invalid_argument, "format(): '" + printable(format) +
                                             "' is no format: use letters, digits, '_', '-' and '.', and no dot in "
                                             "front"};
}

} // namespace

int serve_trainer(std::string const& name, std::function<Result<std::optional<TrainerSettings>>()> const& read,
                  std::function<Result<std::unique_ptr<TrainerLogic>>()> const& make_logic)
{
    auto const build = [&](Runner& runner, TrainerSettings const& settings,
                           std::string uuid) -> Result<std::unique_ptr<Parts>> {
        auto logic = make_logic();
        if (!logic) return logic.error();
        if (auto const fit = check_format(**logic); !fit) return fit.error();
        return std::make_unique<TrainerParts>(runner, std::move(*logic), settings, std::move(uuid));
    };
    return run_node<TrainerSettings>(name, read, build);
}

int run_trainer_node(std::string const& name, std::function<std::unique_ptr<TrainerLogic>()> const& make_logic,
                     int argc, char const* const* argv)
{
    if (auto const status = run_guard_if_asked(argc, argv)) return *status;
    auto const read = [&] { return read_trainer_settings(name, {argc, argv}); };
    auto const make = [&]() -> Result<std::unique_ptr<TrainerLogic>> { return make_logic(); };
    return serve_trainer(name, read, make);
}

} // namespace learning_loop
