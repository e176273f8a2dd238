#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/http/client/client.h"

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
    std::string reason{}; ///< In the Loop's words; empty if it has the model.
};

/// What the Loop's answer to the upload of a model means. Errors: as `loop_refusal`, if another try may go better.
Result<ModelUpload> read_model_upload(http::Answer const& answer);

} // namespace learning_loop
