#include "learning_loop/server/commands/ask_loop.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/http/server/command_socket.h"
#include "learning_loop/http/server/command_text.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/admin/admin_desk.h"
#include "learning_loop/server/commands/loop_command.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include <boost/asio/io_context.hpp>

#include <optional>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

Task<> keep_answer(AdminDesk& desk, AdminRequest request, std::optional<Result<AdminAnswer>>& into)
{
    into.emplace(co_await desk.answer(std::move(request)));
}

/// Callers must hold the folder's lock.
Result<AdminAnswer> answer_here(std::filesystem::path const& data_folder, AdminRequest const& request)
{
    asio::io_context io(1);
    store::DatabaseLanes lanes(store::sqlite::open_sqlite(database_in(data_folder)));
    store::ProjectRepository projects(lanes);
    store::AccountRepository rows(lanes);
    Accounts accounts(io.get_executor(), rows);
    AdminDesk desk(accounts, projects, "");
    std::optional<Result<AdminAnswer>> answer;
    TaskGroup tasks(io.get_executor());
    tasks.spawn("the command", keep_answer(desk, request, answer));
    io.run();
    return answer ? std::move(*answer) : Error{Errc::unavailable, "the command failed: the lines above tell why"};
}

} // namespace

Result<AdminAnswer> ask_loop(std::filesystem::path const& data_folder, AdminRequest const& request)
{
    if (auto const text = ask_running_program(data_folder, to_text(to_json(request)), "server"))
        return *text ? read_command_answer<AdminAnswer>(**text) : Result<AdminAnswer>(text->error());
    act_as_owner(database_in(data_folder));
    auto const lock = FolderLock::take(data_folder);
    if (!lock) return lock.error();
    return answer_here(data_folder, request);
}

} // namespace learning_loop
