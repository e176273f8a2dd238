#include "learning_loop/converter/model_conversion.h"

#include "learning_loop/async/holds_within.h"
#include "learning_loop/async/run_caught.h"
#include "learning_loop/async/running_task.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/node/loop_client.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace learning_loop {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ConversionOutcome::Kind;

constexpr std::chrono::seconds max_wait{60};

ConversionOutcome postponed(Error const& error)
{
    if (error.code == Errc::not_found) return {Kind::gone, error.message};
    return {error.code == Errc::forbidden ? Kind::not_allowed : Kind::postponed, error.message};
}

/// Whether it says nothing about the model.
bool is_passing(Error const& error)
{
    return error.code == Errc::unavailable || error.code == Errc::out_of_space;
}

/// Of an upload.
bool may_pass_soon(Error const& error)
{
    return error.code != Errc::forbidden && error.code != Errc::not_found;
}

std::vector<http::FormPart> parts_of(ConvertedModel converted)
{
    std::vector<http::FormPart> parts;
    auto const field = std::string(loop_api::files_field);
    for (auto& file : converted.files)
        parts.push_back({field, std::move(file.name), "application/octet-stream", std::move(file.path)});
    parts.push_back({field, "model.json", "application/json", std::move(converted.description)});
    return parts;
}

ConversionOutcome outcome_of(ModelUpload const& upload)
{
    switch (upload.outcome) {
    case ModelUpload::Outcome::stored: return {Kind::converted};
    case ModelUpload::Outcome::there_already:
        return {Kind::there_already, "the Loop says that it has it, but does not list it"};
    case ModelUpload::Outcome::gone: return {Kind::gone, upload.reason};
    case ModelUpload::Outcome::refused: break;
    }
    return {Kind::failed, upload.reason};
}

} // namespace

struct ModelConversion::Running {
    SourceModel model;
    ConversionStep step = ConversionStep::downloading;
    std::string since = timestamp_now();
    Conversion conversion{};
};

ModelConversion::ModelConversion(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems,
                                 FailedModels& failed, std::unique_ptr<Converter> converter,
                                 ModelConversionOptions options)
    : executor_(std::move(executor)),
      session_(session),
      problems_(problems),
      failed_(failed),
      converter_(std::move(converter)),
      options_(std::move(options)),
      folder_(options_.data_folder)
{}

ModelConversion::~ModelConversion() = default;

Task<ConversionOutcome> ModelConversion::run(SourceModel model)
{
    struct Ending {
        std::unique_ptr<Running>& running;
        ~Ending() { running.reset(); }
    };
    running_ = std::make_unique<Running>(model);
    Ending const ending{running_};
    auto outcome = co_await try_to_convert(std::move(model));
    co_await tidy();
    co_return outcome;
}

Task<> ModelConversion::tidy()
{
    auto job = [this] { return folder_.remove(); };
    auto const removed = co_await run_caught(lane_, std::move(job));
    problems_.set("conversion_folder", removed ? std::nullopt : std::optional(removed.error().message));
}

Task<ConversionOutcome> ModelConversion::try_to_convert(SourceModel model)
{
    auto const fetched = co_await fetch(model);
    if (!fetched) {
        bool const is_too_large = fetched.error().code == Errc::too_large;
        if (is_too_large) co_return co_await refuse(std::move(model), fetched.error().message);
        co_return postponed(fetched.error());
    }
    auto converted = co_await convert(model);
    if (!converted && is_passing(converted.error())) co_return postponed(converted.error());
    if (!converted) co_return co_await refuse(std::move(model), converted.error().message);
    auto outcome = co_await upload(model, std::move(*converted));
    if (outcome.kind == Kind::failed) co_return co_await refuse(std::move(model), std::move(outcome.reason));
    co_return outcome;
}

Task<Result<void>> ModelConversion::fetch(SourceModel model)
{
    begin(ConversionStep::downloading);
    auto job = [this] { return folder_.make_empty(); };
    auto const made = co_await run_caught(lane_, std::move(job));
    if (!made) co_return made.error();
    LoopClient loop(session_, model.project);
    co_return co_await loop.download_model(model.listed.id, options_.formats.source, folder_.zip());
}

/// Notes the attempt first: what the model does to the process must not be done again and again.
Task<Result<ConvertedModel>> ModelConversion::convert(SourceModel model)
{
    attempt_ = model;
    auto const noted = co_await failed_.begin_attempt(model);
    Result<ConvertedModel> converted = Error{Errc::unavailable, ""};
    if (noted) converted = co_await unpack_and_convert(model);
    else converted = Error{Errc::unavailable, "the attempt cannot be noted: " + noted.error().message};
    if (running_->conversion.is_cancelled) co_return Error{Errc::unavailable, "the node ends"};
    auto const ended = co_await failed_.end_attempt(std::move(model));
    attempt_.reset();
    if (!ended) log::warn("failed_models.json still tells of an attempt that has ended: {}", ended.error().message);
    co_return converted;
}

Task<Result<ConvertedModel>> ModelConversion::unpack_and_convert(SourceModel model)
{
    begin(ConversionStep::unpacking);
    auto unpack = [this, model = std::move(model)] { return unpack_model(folder_, model); };
    auto source = co_await run_caught(lane_, std::move(unpack));
    if (!source) co_return source.error();
    begin(ConversionStep::converting);
    auto& conversion = running_->conversion;
    conversion.model = source->model;
    conversion.source = folder_.source();
    conversion.target = folder_.target();
    auto job = [this, &conversion, source = std::move(*source)] {
        return convert_model(*converter_, conversion, source, folder_, options_.formats.target);
    };
    co_return co_await run_caught(lane_, std::move(job));
}

Task<ConversionOutcome> ModelConversion::upload(SourceModel model, ConvertedModel converted)
{
    begin(ConversionStep::uploading);
    auto const uploaded = co_await try_to_upload(std::move(model), parts_of(std::move(converted)));
    problems_.set("upload", std::nullopt);
    if (!uploaded) co_return postponed(uploaded.error());
    co_return outcome_of(*uploaded);
}

/// What took long to make is not made again because the Loop restarts.
Task<Result<ModelUpload>> ModelConversion::try_to_upload(SourceModel model, std::vector<http::FormPart> parts)
{
    LoopClient loop(session_, model.project);
    Backoff backoff(options_.first_wait, std::max<std::chrono::milliseconds>(options_.first_wait, max_wait));
    boost::asio::steady_timer timer(executor_);
    auto const last_try = Clock::now() + options_.max_upload_time;
    for (;;) {
        auto const uploaded = co_await loop.upload_model(model.listed.id, options_.formats.target, parts);
        if (uploaded || !may_pass_soon(uploaded.error()) || Clock::now() >= last_try) co_return uploaded;
        problems_.set("upload", "model " + name_of(model) + " is to be uploaded again: " + uploaded.error().message);
        about_to_wait_for("the Loop, which does not take a model");
        timer.expires_after(backoff.next(loop.asked_wait()));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

Task<ConversionOutcome> ModelConversion::refuse(SourceModel model, std::string reason)
{
    auto const kept = co_await failed_.add(std::move(model), reason);
    if (!kept) log::warn("a failed model is remembered until the node ends only: {}", kept.error().message);
    co_return ConversionOutcome{Kind::failed, std::move(reason)};
}

void ModelConversion::begin(ConversionStep step)
{
    running_->step = step;
    log::info("model {}: {}", name_of(running_->model), boost::describe::enum_to_string(step, "?"));
}

void ModelConversion::cancel()
{
    if (running_) running_->conversion.is_cancelled = true;
}

Task<bool> ModelConversion::finish(std::chrono::milliseconds grace)
{
    auto is_idle = [this] { return lane_.waiting() == 0; };
    bool const has_ended = co_await holds_within(std::move(is_idle), grace);
    if (attempt_) {
        auto const ended = co_await failed_.end_attempt(*std::exchange(attempt_, std::nullopt));
        if (!ended) log::warn("the model counts as if the process had died of it: {}", ended.error().message);
    }
    if (has_ended) co_await tidy();
    co_return has_ended;
}

std::optional<ConversionProgress> ModelConversion::now() const
{
    if (!running_) return std::nullopt;
    return ConversionProgress{running_->model, running_->step, running_->conversion.progress, running_->since};
}

} // namespace learning_loop
