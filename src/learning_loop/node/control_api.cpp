#include "learning_loop/node/control_api.h"

#include "learning_loop/base/log.h"

namespace learning_loop {
namespace {

class ControlApi {
public:
    ControlApi(LoopSync& sync, OutboxUploader& uploader) : sync_(sync), uploader_(uploader) {}

    void add_to(http::Router& router)
    {
        router.get("/about", *this, &ControlApi::about);
        router.get("/model_version", *this, &ControlApi::model_version);
        router.put("/model_version", *this, &ControlApi::choose_model_version);
        router.get("/outbox_mode", *this, &ControlApi::outbox_mode);
        router.put("/outbox_mode", *this, &ControlApi::choose_outbox_mode);
    }

private:
    Task<Result<http::Response>> about(http::Request) { co_return http::json_of_struct(sync_.about()); }

    Task<Result<http::Response>> model_version(http::Request) { co_return http::json_of_struct(sync_.versions()); }

    Task<Result<http::Response>> choose_model_version(http::Request request)
    {
        auto const chosen = co_await sync_.choose(std::move(request.body));
        if (!chosen) co_return chosen.error();
        co_return http::json_response("OK");
    }

    Task<Result<http::Response>> outbox_mode(http::Request)
    {
        co_return http::text_response(boost::describe::enum_to_string(uploader_.mode(), "?"));
    }

    Task<Result<http::Response>> choose_outbox_mode(http::Request request)
    {
        OutboxMode mode{};
        if (!boost::describe::enum_from_string(request.body.c_str(), mode)) {
            co_return Error{Errc::unprocessable,
                            "Could not set outbox mode: '" + printable(request.body) + "' is not a valid OutboxMode"};
        }
        uploader_.set_mode(mode);
        co_return http::json_response("OK");
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
