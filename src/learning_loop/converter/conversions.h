#pragma once

#include "learning_loop/async/pause.h"
#include "learning_loop/async/retry.h"
#include "learning_loop/base/metrics.h"
#include "learning_loop/converter/failed_models.h"
#include "learning_loop/converter/model_conversion.h"
#include "learning_loop/converter/postponed_models.h"
#include "learning_loop/node/loop_session.h"
#include "learning_loop/node/problems.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

struct ConversionsOptions {
    ConversionFormats formats;
    std::string node_version; ///< Empty: not known.
    bool has_login = true;    ///< Or a token. Without either the remedy is told.
    bool is_muted = false;
    std::chrono::milliseconds cycle{60'000};
    std::chrono::milliseconds first_wait{5000}; ///< Until the Loop, or a postponed model, is tried again.
    std::chrono::milliseconds max_wait{600'000};
    std::chrono::milliseconds min_cycle{1000}; ///< However often the Loop tells of changes.
};

/// A conversion that has ended, for people.
struct EndedConversion {
    SourceModel model;
    ConversionOutcome outcome;
    std::string ended; ///< In UTC.
    std::chrono::milliseconds took{};
};

/// Looks at all projects that the login sees for models that lack the target format, and has them converted, in
/// turns of the projects: at once, when it is woken, and every cycle. To be used on the io thread.
class Conversions {
public:
    static constexpr std::size_t max_ended = 20;

    Conversions(boost::asio::any_io_executor executor, LoopSession& session, Problems& problems, FailedModels& failed,
                ModelConversion& conversion, Metrics& metrics, ConversionsOptions options);

    Task<> run(); ///< Until it is cancelled.

    void wake();                              ///< The Loop's models may have changed.
    void take_change(Context const& project); ///< Those of the project have: what it did not allow, it may allow now.

    /// A muted node begins nothing. The model that is being converted is finished, and uploaded.
    void set_muted(bool is_muted);

    /// Has failed models tried again, and postponed ones at once. Returns how many had failed. Errors: as
    /// FailedModels::forget.
    Task<Result<std::size_t>> try_again(std::optional<std::string> model_id);

    std::optional<ConversionProgress> now() const { return conversion_.now(); }
    std::deque<EndedConversion> const& ended() const { return ended_; } ///< The last one first.
    std::uint64_t count(ConversionOutcome::Kind kind) const;            ///< Since the node began.
    std::size_t waiting() const { return waiting_; }                    ///< Models that are still to be converted.
    bool knows_projects() const { return knows_projects_; }             ///< The Loop has told them when last asked.
    std::vector<TriedModel> failed() const { return failed_.failed(); }

private:
    struct Listing {
        std::vector<SourceModel> models;
        std::vector<Context> asked;   ///< The projects that they are of.
        std::vector<Context> unknown; ///< Projects whose models could not be asked for.
    };

    Task<std::chrono::milliseconds> run_cycle();
    Task<Listing> list_models(std::vector<Context> projects);
    Task<> forget_what_is_gone(Listing listing);
    std::vector<SourceModel> due_models(std::vector<SourceModel> unconverted) const;
    Task<> convert(std::vector<SourceModel> due);
    Task<bool> is_still_due(SourceModel model);
    Task<> convert_one(SourceModel model);
    void settle(SourceModel const& model, ConversionOutcome const& outcome);
    std::chrono::milliseconds time_to_next_cycle() const;

    LoopSession& session_;
    Problems& problems_;
    FailedModels& failed_;
    ModelConversion& conversion_;
    Metrics& metrics_;
    ConversionsOptions options_;
    bool is_muted_;
    bool knows_projects_ = false;
    bool has_changed_ = false;   ///< Since the last list of models.
    bool has_converted_ = false; ///< In this cycle.
    Context last_project_;       ///< Whose model was tried last.
    PostponedModels postponed_;
    Backoff backoff_;
    std::size_t waiting_ = 0;
    std::deque<EndedConversion> ended_;
    Pause pause_;
    boost::asio::steady_timer between_cycles_;
};

} // namespace learning_loop
