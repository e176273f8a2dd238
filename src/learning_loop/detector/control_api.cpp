#include "learning_loop/detector/control_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/loop_sync.h"
#include "learning_loop/detector/outbox/outbox_uploader.h"
#include "learning_loop/detector/soft_reload.h"

namespace learning_loop {
namespace {

class ControlApi {
public:
    ControlApi(LoopSync& sync, OutboxUploader& uploader, SoftReload& soft_reload, bool with_backdoor)
        : sync_(sync), uploader_(uploader), soft_reload_(soft_reload), with_backdoor_(with_backdoor)
    {}

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
        router.get("/operation_mode", *this, &ControlApi::operation_mode)
            .summary("Whether models may be updated: only while it is `idle`.")
            .open_to(http::Access::everybody);
        router.put("/operation_mode", *this, &ControlApi::choose_operation_mode)
            .summary("`idle`, `detecting` or `startup`.")
            .open_to(http::Access::operators);
        if (!with_backdoor_) return;
        router.post("/reset", *this, &ControlApi::reset)
            .summary("Deletes all images that wait and all models, for tests.")
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
        if (auto const chosen = uploader_.choose_mode(choice.text); !chosen) co_return chosen.error();
        co_return "OK";
    }

    Task<Result<http::TextBody>> operation_mode()
    {
        co_return http::TextBody{boost::describe::enum_to_string(sync_.operation_mode(), "?")};
    }

    Task<Result<std::string>> choose_operation_mode(http::TextBody choice)
    {
        auto const mode = http::from_text<OperationMode>(choice.text);
        if (!mode)
            co_return Error{Errc::unprocessable, "'" + printable(choice.text) + "' is not a valid OperationMode"};
        sync_.set_operation_mode(*mode);
        co_return "OK";
    }

    Task<Result<bool>> reset()
    {
        auto const done = co_await soft_reload_.reset();
        if (!done) log::error("reset: {}", printable(done.error().message));
        co_return done.has_value();
    }

    LoopSync& sync_;
    OutboxUploader& uploader_;
    SoftReload& soft_reload_;
    bool with_backdoor_;
};

} // namespace

void add_control_api(http::Router& router, LoopSync& sync, OutboxUploader& uploader, SoftReload& soft_reload,
                     bool with_backdoor)
{
    router.keep<ControlApi>(sync, uploader, soft_reload, with_backdoor);
}

} // namespace learning_loop
