#include "learning_loop/detector/control_api.h"

#include "learning_loop/base/text.h"
#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/outbox_uploader.h"

namespace learning_loop {
namespace {

class ControlApi {
public:
    ControlApi(LoopSync& sync, OutboxUploader& uploader) : sync_(sync), uploader_(uploader) {}

    void add_to(http::Router& router)
    {
        router.get("/about", *this, &ControlApi::about).summary("What runs here.").open_to(http::Access::everybody);
        router.get("/model_version", *this, &ControlApi::model_version)
            .summary("Which model runs, and which shall.")
            .open_to(http::Access::everybody);
        router.put("/model_version", *this, &ControlApi::choose_model_version)
            .summary("`follow_loop`, `pause` or a version.")
            .open_to(http::Access::operators);
        router.get("/outbox_mode", *this, &ControlApi::outbox_mode)
            .summary("Whether kept images are uploaded.")
            .open_to(http::Access::everybody);
        router.put("/outbox_mode", *this, &ControlApi::choose_outbox_mode)
            .summary("`continuous_upload` or `stopped`.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<AboutDetector>> about() { co_return sync_.about(); }

    Task<Result<ModelVersions>> model_version() { co_return sync_.versions(); }

    Task<Result<std::string>> choose_model_version(http::TextBody choice)
    {
        auto const chosen = co_await sync_.choose(std::move(choice.text));
        if (!chosen) co_return chosen.error();
        co_return "OK";
    }

    Task<Result<http::TextBody>> outbox_mode()
    {
        co_return http::TextBody{boost::describe::enum_to_string(uploader_.mode(), "?")};
    }

    Task<Result<std::string>> choose_outbox_mode(http::TextBody choice)
    {
        auto const mode = http::from_text<OutboxMode>(choice.text);
        if (!mode) {
            co_return Error{Errc::unprocessable,
                            "Could not set outbox mode: '" + printable(choice.text) + "' is not a valid OutboxMode"};
        }
        uploader_.set_mode(*mode);
        co_return "OK";
    }

    LoopSync& sync_;
    OutboxUploader& uploader_;
};

} // namespace

void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader)
{
    router.keep<ControlApi>(sync, uploader);
}

} // namespace learning_loop
