#pragma once

#include "learning_loop/converter/conversion_choice.h"
#include "learning_loop/json/reflect.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace learning_loop {

/// A model that could not be converted, or that is being converted: if the process dies meanwhile, the next one knows.
struct TriedModel {
    std::string organization;
    std::string project;
    std::string id;
    std::string version;
    std::string fingerprint;           ///< Of what was tried (SourceModel): with another one it was not tried yet.
    int attempts = 0;                  ///< That the process has not survived, and the one that goes on now.
    std::optional<std::string> reason; ///< Why it has failed; absent: it has not, or not yet.
    std::string time;                  ///< Of the last change, in UTC.
};
BOOST_DESCRIBE_STRUCT(TriedModel, (), (organization, project, id, version, fingerprint, attempts, reason, time))

/// What a converter remembers of models across restarts.
class TriedModels {
public:
    static constexpr int max_attempts = 3;
    static constexpr std::size_t max_models = 1000; ///< Those that changed last are remembered.

    TriedModels() = default;
    explicit TriedModels(std::vector<TriedModel> models);

    /// Why it is not to be tried again; nullopt: it may be tried.
    std::optional<std::string> find_failure(SourceModel const& model) const;

    void begin_attempt(SourceModel const& model);
    void end_attempt(SourceModel const& model); ///< The process has survived it.
    void add_failure(SourceModel const& model, std::string const& reason);
    void forget(SourceModel const& model);

    /// Forgets the models of one id, or all. Returns how many of them had failed.
    std::size_t forget_failures(std::optional<std::string> const& id);

    /// Forgets what the Loop lists no more, or otherwise than it was tried. `listed`: all models of the projects
    /// `asked`; what there is of others is kept: they may be hidden today, or those of another Loop. Returns whether
    /// there was any.
    bool keep(std::vector<Context> const& asked, std::vector<SourceModel> const& listed);

    std::vector<TriedModel> const& all() const { return models_; } ///< The one that changed last is the last.
    std::vector<TriedModel> failed() const;                        ///< The last one first, each with a reason.

private:
    TriedModel& renew(SourceModel const& model);
    std::optional<std::string> failure_of(TriedModel const& tried) const;

    std::vector<TriedModel> models_;
    std::string current_; ///< Fingerprint of the attempt that goes on; empty: there is none.
};

} // namespace learning_loop
