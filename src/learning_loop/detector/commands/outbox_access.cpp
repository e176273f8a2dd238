#include "learning_loop/detector/commands/outbox_access.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/detector/outbox/outbox.h"
#include "learning_loop/detector/outbox/outbox_desk.h"
#include "learning_loop/http/server/command_socket.h"
#include "learning_loop/http/server/command_text.h"
#include "learning_loop/settings/command_line.h"

#include <boost/asio/io_context.hpp>

#include <limits>
#include <optional>

namespace learning_loop {
namespace {

/// Nothing is dropped for the limits, which are the detector's to know.
OutboxLimits no_limits()
{
    OutboxLimits limits;
    limits.max_bytes = std::numeric_limits<std::uint64_t>::max();
    limits.max_rejected_bytes = std::numeric_limits<std::uint64_t>::max();
    return limits;
}

Task<> keep_answer(OutboxDesk& desk, OutboxRequest request, std::optional<Result<OutboxAnswer>>& into)
{
    into.emplace(co_await desk.answer(std::move(request)));
}

} // namespace

/// The outbox while no detector runs.
struct OutboxAccess::Opened {
    Opened(FolderLock taken, std::filesystem::path const& outbox_folder)
        : lock(std::move(taken)), outbox(io.get_executor(), outbox_folder, no_limits())
    {}

    Result<OutboxAnswer> answer(OutboxRequest const& request)
    {
        std::optional<Result<OutboxAnswer>> answer;
        TaskGroup tasks(io.get_executor());
        tasks.spawn("the command", keep_answer(desk, request, answer));
        io.restart();
        io.run();
        return answer ? std::move(*answer) : Error{Errc::unavailable, "the command failed: the lines above tell why"};
    }

    FolderLock lock;
    boost::asio::io_context io{1};
    Outbox outbox;
    OutboxDesk desk{outbox};
};

OutboxAccess::OutboxAccess(std::filesystem::path data_folder) : data_folder_(std::move(data_folder)) {}
OutboxAccess::~OutboxAccess() = default;

Result<OutboxAnswer> OutboxAccess::ask(OutboxRequest const& request)
{
    if (opened_) return opened_->answer(request);
    if (auto const text = ask_running_program(data_folder_, to_text(to_json(request)), "detector"))
        return *text ? read_command_answer<OutboxAnswer>(**text) : Result<OutboxAnswer>(text->error());
    act_as_owner(data_folder_ / "outbox");
    auto lock = FolderLock::take(data_folder_);
    if (!lock) return lock.error();
    opened_ = std::make_unique<Opened>(std::move(*lock), data_folder_ / "outbox");
    return opened_->answer(request);
}

} // namespace learning_loop
