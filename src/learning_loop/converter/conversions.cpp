#include "learning_loop/converter/conversions.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/timestamps.h"
#include "learning_loop/node/loop_client.h"
#include "learning_loop/node/loop_projects.h"

#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace learning_loop {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = ConversionOutcome::Kind;

constexpr std::chrono::hours until_unmuted{1};

prometheus::Counter& counter(Metrics& metrics, Kind kind)
{
    return metrics.counter("converter_models_total", "Models that were to be converted.",
                           {{"result", boost::describe::enum_to_string(kind, "?")}});
}

std::vector<SourceModel> unconverted_of(std::vector<SourceModel> const& models, std::string const& target_format)
{
    std::vector<SourceModel> unconverted;
    std::ranges::copy_if(models, std::back_inserter(unconverted),
                         [&](auto const& model) { return lacks_format(model, target_format); });
    return unconverted;
}

std::string words_for(Error const& refused, ConversionsOptions const& options)
{
    if (refused.code != Errc::unauthorized || options.has_login) return refused.message;
    return "the node has no login: set LOOP_TOKEN, which `learning-loop token create --node NAME` prints, or "
           "LOOP_USERNAME and LOOP_PASSWORD; " +
           refused.message;
}

} // namespace

Conversions::Conversions(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems,
                         FailedModels& failed, ModelConversion& conversion, Metrics& metrics,
                         ConversionsOptions options)
    : session_(session),
      problems_(problems),
      failed_(failed),
      conversion_(conversion),
      metrics_(metrics),
      options_(std::move(options)),
      is_muted_(options_.is_muted),
      postponed_(options_.first_wait, options_.max_wait),
      backoff_(options_.first_wait, options_.cycle),
      pause_(executor),
      between_cycles_(executor)
{}

// ---- what is to be done, and when

void Conversions::wake()
{
    has_changed_ = true;
    pause_.wake();
}

void Conversions::take_change(Context const& project)
{
    postponed_.forget(project);
    wake();
}

void Conversions::set_muted(bool is_muted)
{
    is_muted_ = is_muted;
    pause_.wake();
}

Task<Result<std::size_t>> Conversions::try_again(std::optional<std::string> model_id)
{
    auto const count = co_await failed_.forget(std::move(model_id));
    if (count.has_value()) postponed_.forget_all();
    wake();
    co_return count;
}

Task<> Conversions::run()
{
    co_await conversion_.tidy();
    for (;;) {
        while (is_muted_) co_await pause_.sleep(until_unmuted);
        between_cycles_.expires_after(options_.min_cycle);
        auto const wait = co_await run_cycle();
        // What the node adds changes the models, too.
        if (!has_converted_) co_await between_cycles_.async_wait(boost::asio::use_awaitable);
        co_await pause_.sleep(wait);
    }
}

/// Returns how long to wait before the next one.
Task<std::chrono::milliseconds> Conversions::run_cycle()
{
    has_changed_ = false;
    has_converted_ = false;
    auto projects = co_await fetch_projects(session_);
    problems_.set("projects", projects ? std::nullopt : std::optional(words_for(projects.error(), options_)));
    knows_projects_ = projects.has_value();
    if (!projects) co_return std::max(backoff_.next(), session_.asked_wait());
    backoff_.reset();
    auto listing = co_await list_models(std::move(*projects));
    auto unconverted = unconverted_of(listing.models, options_.formats.target);
    postponed_.keep(listing.unknown, unconverted);
    problems_.set("conversions", postponed_.problem());
    co_await forget_what_is_gone(std::move(listing));
    co_await convert(due_models(std::move(unconverted)));
    if (!has_changed_) problems_.set("conversions", postponed_.problem()); // else the next list tells more
    co_return time_to_next_cycle();
}

std::chrono::milliseconds Conversions::time_to_next_cycle() const
{
    auto wait = options_.cycle;
    auto const now = Clock::now();
    if (auto const next = postponed_.next_try_after(now))
        wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(*next - now));
    return std::max(wait, session_.asked_wait());
}

// ---- which models

/// A project that cannot be asked holds up no other.
Task<Conversions::Listing> Conversions::list_models(std::vector<Context> projects)
{
    Listing listing;
    std::optional<std::string> problem;
    for (auto const& project : projects) {
        LoopClient loop(session_, project);
        auto models = co_await loop.fetch_models_in(options_.formats.source);
        if (!models) {
            listing.unknown.push_back(project);
            if (!problem) problem = project.organization + "/" + project.project + ": " + models.error().message;
            continue;
        }
        listing.asked.push_back(project);
        for (auto& model : *models)
            listing.models.push_back(source_model(project, std::move(model), options_.formats, options_.node_version));
    }
    auto const others = listing.unknown.size();
    if (others > 1) *problem += "; " + std::to_string(others - 1) + " more projects cannot be asked, either";
    problems_.set("models", problem);
    co_return listing;
}

Task<> Conversions::forget_what_is_gone(Listing listing)
{
    auto const kept = co_await failed_.keep(std::move(listing.asked), std::move(listing.models));
    problems_.set("failed_models", kept ? std::nullopt : std::optional(kept.error().message));
}

std::vector<SourceModel> Conversions::due_models(std::vector<SourceModel> unconverted) const
{
    std::erase_if(unconverted, [this](auto const& model) {
        return failed_.find_failure(model) || postponed_.next_try(model) > Clock::now();
    });
    return in_turns(std::move(unconverted), last_project_);
}

/// Unless something has changed since it was listed. A Loop that cannot tell is asked in the next cycle.
Task<bool> Conversions::is_still_due(SourceModel model)
{
    LoopClient loop(session_, model.project);
    auto models = co_await loop.fetch_models_in(options_.formats.source);
    if (!models) co_return false;
    auto const listed = std::ranges::find(*models, model.listed.id, &ModelWithFormats::id);
    if (listed == models->end()) co_return false;
    auto const now = source_model(model.project, std::move(*listed), options_.formats, options_.node_version);
    co_return now.fingerprint == model.fingerprint;
}

// ---- the conversions

Task<> Conversions::convert(std::vector<SourceModel> due)
{
    waiting_ = due.size();
    for (auto& model : due) {
        bool const was_just_listed = waiting_ == due.size();
        if (is_muted_ || (has_changed_ && !was_just_listed)) break; // maybe a newer one is to come first
        bool is_due = was_just_listed;
        if (!is_due) is_due = co_await is_still_due(model);
        if (is_due) co_await convert_one(std::move(model));
        --waiting_;
    }
    waiting_ = 0;
}

Task<> Conversions::convert_one(SourceModel model)
{
    auto const began = Clock::now();
    last_project_ = model.project;
    auto outcome = co_await conversion_.run(model);
    has_converted_ = outcome.kind == Kind::converted;
    settle(model, outcome);
    auto const took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    ended_.push_front({std::move(model), std::move(outcome), timestamp_now(), took});
    if (ended_.size() > max_ended) ended_.pop_back();
}

void Conversions::settle(SourceModel const& model, ConversionOutcome const& outcome)
{
    counter(metrics_, outcome.kind).Increment();
    auto const kind = boost::describe::enum_to_string(outcome.kind, "?");
    if (outcome.kind == Kind::failed) log::error("model {}: failed: {}", name_of(model), printable(outcome.reason));
    else log::info("model {}: {} {}", name_of(model), kind, printable(outcome.reason));
    switch (outcome.kind) {
    case Kind::converted:
    case Kind::there_already:
    case Kind::gone: wake(); [[fallthrough]]; // the next list is to tell the same
    case Kind::postponed: return postponed_.add(model, outcome.reason, Clock::now());
    case Kind::not_allowed: return postponed_.add(model, outcome.reason, Clock::now(), options_.max_wait);
    case Kind::failed: return postponed_.forget(model);
    }
}

std::uint64_t Conversions::count(Kind kind) const
{
    return static_cast<std::uint64_t>(counter(metrics_, kind).Value());
}

} // namespace learning_loop
