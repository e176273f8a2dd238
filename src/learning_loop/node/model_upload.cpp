#include "learning_loop/node/model_upload.h"

#include "learning_loop/node/loop_session.h"

#include <algorithm>
#include <array>

namespace learning_loop {
namespace {

constexpr auto* what = "model upload";

/// The login may be mended, and the Loop may have been busy or too slow.
bool is_temporary(int status)
{
    constexpr std::array temporary{401, 403, 408, 425, 429};
    return status / 100 != 4 || std::ranges::find(temporary, status) != temporary.end();
}

} // namespace

Result<ModelUpload> read_model_upload(http::Answer const& answer)
{
    using enum ModelUpload::Outcome;
    if (answer.status == 200) return ModelUpload{stored};
    if (answer.status == 409) return ModelUpload{there_already};
    auto const refusal = loop_refusal(answer, what);
    if (is_temporary(answer.status)) return refusal;
    return ModelUpload{answer.status == 404 ? gone : refused, refusal.message};
}

} // namespace learning_loop
