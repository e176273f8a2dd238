#include "learning_loop/trainer/steps/detect_images.h"

#include "learning_loop/base/files.h"
#include "learning_loop/base/log.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/trainer/dataset/image_downloads.h"
#include "learning_loop/trainer/dataset/kept_images.h"
#include "learning_loop/trainer/process/log_tail.h"
#include "learning_loop/trainer/process/process_wait.h"
#include "learning_loop/trainer/steps/detecting_model.h"
#include "learning_loop/trainer/steps/detection_file.h"
#include "learning_loop/trainer/steps/follow_transfer.h"
#include "learning_loop/trainer/steps/prepare_command.h"
#include "learning_loop/trainer/steps/step_tools.h"
#include "learning_loop/trainer/steps/unpack_model_into.h"
#include "learning_loop/trainer/training/active_training.h"

#include <algorithm>
#include <array>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::array states{ImageState::inbox, ImageState::annotate, ImageState::review, ImageState::complete};
constexpr std::chrono::milliseconds watch_interval{1000};
constexpr double model_part = 0.1;                     // of the progress: its download
constexpr std::uint64_t failure_log_bytes = 64 * 1024; // to explain a failure

/// What the logic calls invalid would fail again; what a Loop has answered oddly may not.
Error of_logic(Error error)
{
    if (error.code == Errc::invalid_argument) error.code = Errc::unprocessable;
    return error;
}

std::vector<fs::path> files_to_look_at(fs::path const& folder, std::vector<std::string> const& ids,
                                       std::set<std::string> const& done)
{
    std::vector<fs::path> files;
    for (auto const& id : ids) {
        auto file = image_file(folder, id);
        if (!done.contains(id) && fs::exists(file)) files.push_back(std::move(file)); // it may have been dropped
    }
    return files;
}

std::string end_of_log(fs::path const& file)
{
    LogTail log(file);
    log.skip_to_last(failure_log_bytes);
    (void)log.read_new();
    return joined_lines(log.last());
}

Result<void> write_image_list(fs::path const& list, std::vector<fs::path> const& files)
{
    std::string text;
    for (auto const& file : files) text.append(file.string()).append("\n");
    return replace_durably(list, text);
}

/// Has the logic look at some images, and keeps what it found.
Result<void> detect_batch(TrainerLogic& logic, Training const& training, ModelInformation const& model,
                          std::vector<fs::path> const& images, fs::path const& file)
{
    auto found = logic.detect(training, model, images);
    if (!found) return found.error();
    if (found->size() != images.size()) {
        return Error{Errc::unprocessable, "the trainer's logic found something in " + std::to_string(found->size()) +
                                              " images, when it was given " + std::to_string(images.size())};
    }
    for (std::size_t i = 0; i < images.size(); ++i) (*found)[i].image_id = images[i].stem().string();
    return append_detections(file, *found);
}

/// The images that a model is to look at, step by step.
class Detecting {
public:
    Detecting(ActiveTraining& active, StepTools& tools)
        : active_(active), tools_(tools), loop_(tools.session, active.record.context)
    {}

    Task<Result<void>> run();

private:
    Task<Result<void>> fetch_model();
    Task<Result<void>> fetch_images();
    Task<Result<void>> find_what_is_left();
    Task<Result<void>> look();
    Task<Result<void>> count();
    Task<Result<void>> look_in_batches();
    Task<Result<void>> run_program(Command command);
    Task<Result<void>> judge(ProcessEnd end);
    DetectionJob job() const { return {model_, active_.folders.image_list, active_.folders.detections}; }
    void tell_progress(std::size_t looked_at);

    ActiveTraining& active_;
    StepTools& tools_;
    LoopClient loop_;
    ModelInformation model_;
    std::vector<std::string> ids_;
    std::vector<fs::path> files_; ///< Not looked at yet.
};

Task<Result<void>> Detecting::run()
{
    constexpr std::array parts{&Detecting::fetch_model, &Detecting::fetch_images, &Detecting::find_what_is_left,
                               &Detecting::look, &Detecting::count};
    for (auto const part : parts) {
        auto const done = co_await (this->*part)();
        if (!done) co_return done;
    }
    co_return Result<void>();
}

Task<Result<void>> Detecting::fetch_model()
{
    auto const& folders = active_.folders;
    auto const zip = folders.training / "model_to_detect_with.zip";
    auto const progress = std::make_shared<http::TransferProgress>(); // shared: with the client's thread
    auto transfer = loop_.download_model(active_.record.model_id, tools_.identity.format, zip, progress);
    ProgressPart const part{0, model_part};
    auto const fetched = co_await follow_transfer(active_, progress, part, std::move(transfer));
    if (!fetched) co_return fetched;
    auto unpack = [zip, folder = folders.model_to_detect_with, record = active_.record]() -> Result<ModelInformation> {
        if (auto const unpacked = unpack_model_into(zip, folder); !unpacked) return unpacked.error();
        return read_detecting_model(folder, record);
    };
    auto model = co_await run_caught(tools_.files, std::move(unpack));
    if (!model) co_return model.error();
    model_ = std::move(*model);
    co_return Result<void>();
}

Task<Result<void>> Detecting::fetch_images()
{
    std::set<std::string> seen; // people move images from one state to another meanwhile
    for (auto const state : states) {
        auto ids = co_await loop_.fetch_image_ids(state);
        if (!ids) co_return ids.error();
        for (auto& id : *ids) {
            if (seen.insert(id).second) ids_.push_back(std::move(id));
        }
    }
    ImageDownloads downloads(loop_, tools_.images, active_.folders.images);
    auto progress = [this](std::size_t done, std::size_t all) {
        auto const share = static_cast<double>(done) / static_cast<double>(std::max<std::size_t>(all, 1));
        active_.set_progress(model_part + (0.5 - model_part) * share);
    };
    auto const fetched = co_await downloads.fetch(ids_, std::move(progress));
    if (!fetched) co_return fetched.error();
    auto tidy = [folder = active_.folders.images, ids = ids_]() -> Result<void> {
        remove_images_but(folder, ids);
        return {};
    };
    co_return co_await run_caught(tools_.files, std::move(tidy));
}

Task<Result<void>> Detecting::find_what_is_left()
{
    auto find = [folders = active_.folders, ids = ids_]() -> Result<std::vector<fs::path>> {
        auto const done = take_over_detections(folders.detections);
        if (!done) return done.error();
        auto files = files_to_look_at(folders.images, ids, *done);
        if (auto const written = write_image_list(folders.image_list, files); !written) return written.error();
        return files;
    };
    auto left = co_await run_caught(tools_.files, std::move(find));
    if (!left) co_return left.error();
    files_ = std::move(*left);
    tell_progress(0);
    co_return Result<void>();
}

Task<Result<void>> Detecting::look()
{
    if (files_.empty()) co_return Result<void>();
    std::function<Result<std::optional<Command>>(TrainerLogic&)> find =
        [training = active_.view(), job = job()](TrainerLogic& logic) { return logic.detect_program(training, job); };
    auto command = co_await tools_.logic.call(std::move(find));
    if (!command) co_return of_logic(command.error());
    if (*command) co_return co_await run_program(std::move(**command));
    co_return co_await look_in_batches();
}

Task<Result<void>> Detecting::count()
{
    auto count = [file = active_.folders.detections]() -> Result<std::int64_t> {
        auto const looked_at = take_over_detections(file);
        if (!looked_at) return looked_at.error();
        if (fs::exists(file)) sync_file(file); // a program of others may not have done so
        return static_cast<std::int64_t>(looked_at->size());
    };
    auto const counted = co_await run_caught(tools_.files, std::move(count));
    if (!counted) co_return counted.error();
    active_.record.detections = *counted;
    co_return Result<void>();
}

Task<Result<void>> Detecting::look_in_batches()
{
    auto const size = static_cast<std::size_t>(tools_.batch_size);
    for (std::size_t at = 0; at < files_.size(); at += size) {
        tell_progress(at);
        auto const count = std::min(size, files_.size() - at);
        std::vector<fs::path> batch(files_.begin() + static_cast<std::ptrdiff_t>(at),
                                    files_.begin() + static_cast<std::ptrdiff_t>(at + count));
        std::function<Result<void>(TrainerLogic&)> detect =
            [training = active_.view(), model = model_, file = active_.folders.detections, batch = std::move(batch)](
                TrainerLogic& logic) { return detect_batch(logic, training, model, batch, file); };
        auto const done = co_await tools_.logic.call(std::move(detect));
        if (!done) co_return of_logic(done.error());
    }
    co_return Result<void>();
}

Task<Result<void>> Detecting::run_program(Command command)
{
    ProcessPlace const place{active_.folders.training, active_.folders.log};
    prepare_command(command, tools_);
    active_.process = std::make_unique<GuardedProcess>(tools_.executor, place);
    auto const started = co_await active_.process->start(std::move(command));
    if (!started) co_return started;
    LogTail lines(active_.folders.detections, 1);
    lines.skip_to_last(0);
    for (std::size_t looked_at = 0;;) {
        auto const end = co_await wait_for_process(*active_.process, watch_interval);
        auto count = [&lines, folders = active_.folders, is_over = end.has_value()]() -> Result<std::size_t> {
            if (!is_over) bound_log(folders.log, folders.older_log); // its last lines may explain a failure
            return lines.read_new().size();
        };
        auto const more = co_await run_caught(tools_.files, std::move(count));
        if (more) looked_at += *more;
        tell_progress(looked_at);
        if (end) co_return co_await judge(*end);
    }
}

Task<Result<void>> Detecting::judge(ProcessEnd end)
{
    std::function<Result<void>(TrainerLogic&)> judge = [this, end, training = active_.view(),
                                                        job = job()](TrainerLogic& logic) -> Result<void> {
        if (end.is_success()) return logic.collect_detections(training, job);
        auto const text = end_of_log(active_.folders.log);
        return Error{Errc::unavailable, logic.explain_failure(training, text).value_or(explain_end(end, text))};
    };
    auto const judged = co_await tools_.logic.call(std::move(judge));
    if (!judged) co_return of_logic(judged.error());
    co_return judged;
}

void Detecting::tell_progress(std::size_t looked_at)
{
    auto const all = static_cast<double>(std::max<std::size_t>(files_.size(), 1));
    active_.set_progress(0.5 + 0.5 * static_cast<double>(std::min(looked_at, files_.size())) / all);
}

} // namespace

Task<StepOutcome> detect_images(ActiveTraining& active, StepTools& tools)
{
    if (!tools.identity.detects || active.record.model_id.empty()) co_return StepOutcome();
    if (!active.record.uploaded.contains(tools.identity.format)) {
        log::warn("{}: no image is looked at, since the model has no format {}, which this trainer detects with",
                  name_of(active.record), tools.identity.format);
        co_return StepOutcome();
    }
    Detecting detecting(active, tools);
    auto const done = co_await detecting.run();
    if (!done && done.error().code == Errc::unprocessable) co_return step_refused(done.error());
    if (!done) co_return step_failed(done.error());
    co_return StepOutcome();
}

} // namespace learning_loop
