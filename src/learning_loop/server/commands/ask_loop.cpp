#include "learning_loop/server/commands/ask_loop.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/files.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/accounts/accounts.h"
#include "learning_loop/server/admin/admin_desk.h"
#include "learning_loop/server/admin/admin_socket.h"
#include "learning_loop/server/commands/command_line.h"
#include "learning_loop/store/account_repository.h"
#include "learning_loop/store/database_lanes.h"
#include "learning_loop/store/project_repository.h"
#include "learning_loop/store/sqlite/open_sqlite.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <optional>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

Result<AdminAnswer> read_answer(std::string_view text)
{
    auto const json = parse_json(text, "the answer");
    if (!json) return json.error();
    auto answer = from_json<AdminAnswer>(*json);
    if (answer && answer->error) return Error{Errc::invalid_argument, *answer->error};
    return answer;
}

/// nullopt: no server listens there.
std::optional<Result<AdminAnswer>> ask_server(std::filesystem::path const& data_folder, AdminRequest const& request)
{
    AdminAddress const address(data_folder);
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    boost::system::error_code failure;
    socket.connect(address.endpoint(), failure);
    if (failure == boost::system::errc::permission_denied) {
        return Error{Errc::forbidden, "the server in " + data_folder.string() +
                                          " belongs to another user: run this command as that user, or as root"};
    }
    if (failure) return std::nullopt;
    asio::write(socket, asio::buffer(to_text(to_json(request)) + "\n"), failure);
    std::string text;
    if (!failure) asio::read_until(socket, asio::dynamic_buffer(text, max_admin_text_bytes), '\n', failure);
    if (failure) return Error{Errc::unavailable, "the server broke off before it answered: look into its log"};
    return read_answer(text);
}

Task<> keep_answer(AdminDesk& desk, AdminRequest request, std::optional<Result<AdminAnswer>>& into)
{
    into.emplace(co_await desk.answer(std::move(request)));
}

/// Callers must hold the folder's lock.
Result<AdminAnswer> answer_here(std::filesystem::path const& data_folder, AdminRequest const& request)
{
    asio::io_context io(1);
    store::DatabaseLanes lanes(store::sqlite::open_sqlite(data_folder / "loop.db"));
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
    if (auto answer = ask_server(data_folder, request)) return std::move(*answer);
    act_as_owner(data_folder);
    auto const lock = FolderLock::take(data_folder);
    if (!lock) return lock.error();
    return answer_here(data_folder, request);
}

} // namespace learning_loop
