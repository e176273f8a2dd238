#include "learning_loop/converter/converter_parts.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/converter/converter_api.h"
#include "learning_loop/http/api/service_api.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/node/mute_api.h"
#include "learning_loop/node/node_door.h"
#include "learning_loop/node/page/node_page.h"
#include "learning_loop/node/page/shared_status.h"

#include <algorithm>
#include <utility>

namespace learning_loop {
namespace {

using Kind = ConversionOutcome::Kind;

constexpr std::chrono::milliseconds grace{5000}; // for the user's code, which was told to end
constexpr std::size_t max_failures_shown = 20;

ModelConversionOptions conversion_options(NodeSettings const& settings, ConversionFormats const& formats)
{
    ModelConversionOptions options;
    options.data_folder = settings.data_folder;
    options.formats = formats;
    return options;
}

ConversionsOptions conversions_options(NodeSettings const& settings, ConversionFormats const& formats)
{
    ConversionsOptions options;
    options.formats = formats;
    options.node_version = settings.node_version.value_or("");
    options.has_login = !settings.username.empty() || !settings.loop_token.empty();
    options.is_muted = settings.skip_repeat_on_start;
    return options;
}

NodeJob job_of(ConversionProgress const& now)
{
    NodeJob job;
    job.what = "model " + name_of(now.model);
    job.step = boost::describe::enum_to_string(now.step, "?");
    if (now.step == ConversionStep::converting) job.progress = std::clamp(now.progress, 0.0, 1.0);
    job.since = now.since;
    return job;
}

std::string words_for(ConversionOutcome const& outcome)
{
    switch (outcome.kind) {
    case Kind::converted: return "converted";
    case Kind::there_already: return "the Loop had it already";
    case Kind::gone: return "the Loop does not find it";
    case Kind::not_allowed: return "the Loop does not allow it now: " + outcome.reason;
    case Kind::failed: return "failed: " + outcome.reason;
    case Kind::postponed: break;
    }
    return "is tried again: " + outcome.reason;
}

NodeResult result_of(EndedConversion const& ended)
{
    bool const is_failure = ended.outcome.kind == Kind::failed || ended.outcome.kind == Kind::postponed;
    return {ended.ended, "model " + name_of(ended.model), words_for(ended.outcome), is_failure};
}

} // namespace

ConverterParts::ConverterParts(Runner& runner, std::unique_ptr<Converter> converter, NodeSettings const& settings_)
    : settings(settings_),
      formats{converter->source_format(), converter->target_format()},
      door(node_door(settings)),
      session(runner.executor(), settings),
      connection(runner.executor(), session, problems, loop_connection_options(settings, NodeType::converter),
                 [&runner] { runner.stop(); }),
      failed(settings.data_folder),
      conversion(runner.executor(), session, problems, failed, std::move(converter),
                 conversion_options(settings, formats)),
      conversions(runner.executor(), session, problems, failed, conversion, runner.metrics(),
                  conversions_options(settings, formats))
{
    auto& router = runner.router();
    router.guard(door);
    connection.events().on("models_changed", *this, &ConverterParts::take_change);
    connection.on_connect([this] { conversions.wake(); }); // what changed meanwhile, nobody has told
    add_mute_api(router, [this](bool is_muted) {
        connection.set_muted(is_muted);
        conversions.set_muted(is_muted);
    });
    add_converter_api(router, conversions);
    add_node_page(router, [this] { return page_status(); });
    runner.health().add("Loop", [this]() -> std::optional<std::string> {
        if (conversions.knows_projects()) return std::nullopt;
        return "the Loop has not told its projects";
    });
    http::add_service_api(router, runner.metrics(), runner.health(), settings.name);
}

Task<Result<NodeAck>> ConverterParts::take_change(std::string organization, std::string project)
{
    conversions.take_change({std::move(organization), std::move(project)});
    co_return NodeAck();
}

void ConverterParts::start(TaskGroup& tasks)
{
    tasks.spawn("the connection to the Loop", connection.run());
    tasks.spawn("the conversions", conversions.run());
}

Task<> ConverterParts::disconnect()
{
    conversion.cancel();
    co_return;
}

Task<bool> ConverterParts::finish()
{
    bool const has_ended = co_await conversion.finish(grace);
    if (!has_ended) log::critical("the converter is still at work: ending without it");
    co_return has_ended;
}

NodeStatus ConverterParts::page_status() const
{
    auto status = shared_status(settings, connection, problems, started_);
    auto const& [source, target] = formats;
    status.kind = "converter";
    status.purpose = "Brings models of the format " + source + " into the format " + target + ".";
    auto const failures = conversions.failed();
    status.facts = {{"Source format", source},
                    {"Target format", target},
                    {"Converted since the start", std::to_string(conversions.count(Kind::converted))},
                    {"Models that wait", std::to_string(conversions.waiting())},
                    {"Failed models", std::to_string(failures.size())}};
    for (std::size_t i = 0; i < std::min(failures.size(), max_failures_shown); ++i) {
        auto const& model = failures[i];
        auto const name = "model " + model.version + " of " + model.organization + "/" + model.project;
        status.errors[name] = model.reason.value_or("");
    }
    if (auto const now = conversions.now()) status.jobs.push_back(job_of(*now));
    status.idle = "Waits for models in the format " + source + ".";
    for (auto const& ended : conversions.ended()) status.results.push_back(result_of(ended));
    if (!failures.empty())
        status.actions.push_back({"Try failed models again", "/retry", "The failed models are tried again."});
    return status;
}

} // namespace learning_loop
