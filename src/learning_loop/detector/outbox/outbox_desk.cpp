#include "learning_loop/detector/outbox/outbox_desk.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/http/server/command_text.h"

namespace learning_loop {

Task<Result<OutboxAnswer>> OutboxDesk::answer(OutboxRequest request)
{
    if (request.command == OutboxCommand::requeue) co_return co_await requeue(std::move(request.ids));
    co_return co_await drop(std::move(request));
}

Task<std::string> OutboxDesk::answer_text(std::string request)
{
    auto const do_it = [this](OutboxRequest asked) { return answer(std::move(asked)); };
    co_return co_await answer_in_text<OutboxRequest, OutboxAnswer>(std::move(request), do_it);
}

Task<Result<OutboxAnswer>> OutboxDesk::requeue(std::vector<std::string> ids)
{
    OutboxAnswer answer;
    for (auto const& id : ids) {
        auto const requeued = co_await outbox_.requeue(id);
        if (requeued) ++answer.done;
        else answer.left.push_back({id, requeued.error().message, requeued.error().code == Errc::not_found});
    }
    if (answer.done > 0) log::info("outbox: {} rejected images wait again, as a command asked", answer.done);
    co_return answer;
}

Task<Result<OutboxAnswer>> OutboxDesk::drop(OutboxRequest request)
{
    auto const which = request.command == OutboxCommand::drop_rejected ? Outbox::Which::rejected : Outbox::Which::any;
    auto const unknown = co_await outbox_.drop(request.ids, which);
    if (!unknown) co_return unknown.error();
    OutboxAnswer answer;
    answer.done = request.ids.size() - unknown->size();
    for (auto const& id : *unknown) answer.left.push_back({id, "there is no image " + printable(id), true});
    if (answer.done > 0) log::info("outbox: {} images were dropped, as a command asked", answer.done);
    co_return answer;
}

} // namespace learning_loop
