#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/client/client.h"

#include <optional>
#include <string>

namespace learning_loop {

/// What became of a model's files that were sent to the Loop.
struct ModelUpload {
    enum class Outcome {
        stored,
        there_already, ///< The model has this format: somebody else was quicker, or an answer to us was lost.
        gone,          ///< The Loop has no such model or project any more.
        refused        ///< The same files would be refused again.
    };

    Outcome outcome = Outcome::stored;
    std::string reason{};            ///< In the Loop's words; empty if it has the model.
    std::optional<std::string> id{}; ///< Of the model, if the Loop has it and tells a UUID.
};

/// Which statuses of the 400s another upload may mend.
enum class Refusals {
    of_conversions, ///< 401, 403 (a training goes on), 408, 425 and 429.
    of_trainings    ///< 401, 408 and 429.
};

/// What the Loop's answer to the upload of a model means. Errors: as `loop_refusal`, if another try may go better.
Result<ModelUpload> read_model_upload(http::Answer const& answer, Refusals refusals = Refusals::of_conversions);

/// Whether the Loop may answer otherwise when it is asked the same again: a login may be mended, and the Loop may have
/// been busy or too slow. Of other statuses of the client's fault (4xx), the same request is refused for ever.
bool is_passing_refusal(int status);

} // namespace learning_loop
