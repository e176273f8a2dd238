#include "learning_loop/server/admin/admin_socket.h"

#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/server/admin/admin_desk.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace learning_loop {
namespace asio = boost::asio;
namespace {

constexpr auto* file_name = "admin.sock";
constexpr std::size_t max_clients = 16;
constexpr std::chrono::milliseconds pause_after_failure{100};

/// Only the owner of this process, and root, who may do everything anyway.
bool may_ask(int socket)
{
    ucred peer{};
    socklen_t size = sizeof(peer);
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace

AdminAddress::AdminAddress(std::filesystem::path const& data_folder)
    : folder_(::open(data_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))
{
    if (!folder_.is_open()) throw std::system_error(errno, std::system_category(), data_folder.string());
}

asio::local::stream_protocol::endpoint AdminAddress::endpoint() const
{
    return {"/proc/self/fd/" + std::to_string(folder_.get()) + "/" + file_name};
}

AdminSocket::AdminSocket(asio::any_io_executor executor, AdminDesk& desk, std::filesystem::path const& data_folder)
    : desk_(desk), file_(data_folder / file_name), acceptor_(executor), clients_(executor)
{
    AdminAddress const address(data_folder);
    std::filesystem::remove(file_);
    acceptor_.open();
    auto const mask = ::umask(0177); // nobody else may open it, not even for a moment
    boost::system::error_code failure;
    acceptor_.bind(address.endpoint(), failure);
    ::umask(mask);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (failure) throw std::system_error(failure.value(), std::system_category(), file_.string());
}

AdminSocket::~AdminSocket()
{
    std::error_code gone;
    std::filesystem::remove(file_, gone);
}

Task<> AdminSocket::serve()
{
    for (;;) {
        auto [failure, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
        if (failure == asio::error::operation_aborted) co_return;
        if (failure) { // most likely there are no descriptors left
            log::warn("cannot accept a command: {}", failure.message());
            co_await asio::steady_timer(acceptor_.get_executor(), pause_after_failure).async_wait(asio::use_awaitable);
            continue;
        }
        if (clients_.size() >= max_clients || !may_ask(socket.native_handle())) {
            log::warn("a command was refused: {} run at the same time, or it is another user's", max_clients);
            continue;
        }
        clients_.spawn("a command", answer(std::move(socket)));
    }
}

Task<> AdminSocket::finish()
{
    clients_.cancel();
    co_await clients_.join();
}

Task<> AdminSocket::answer(Socket socket)
{
    constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
    std::string text;
    auto const [unread, size] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(text, max_admin_text_bytes), '\n', as_tuple);
    if (unread) co_return;
    auto const line = co_await answer_to(std::string_view(text).substr(0, size)) + "\n";
    co_await asio::async_write(socket, asio::buffer(line), as_tuple);
}

Task<std::string> AdminSocket::answer_to(std::string_view text)
{
    AdminAnswer refusal;
    auto const json = parse_json(text, "the request");
    auto request = json ? from_json<AdminRequest>(*json) : Result<AdminRequest>(json.error());
    if (!request) {
        refusal.error = request.error().message + ": the server is of another version than this command";
        co_return to_text(to_json(refusal));
    }
    auto const answer = co_await desk_.answer(std::move(*request));
    if (answer) co_return to_text(to_json(*answer));
    refusal.error = answer.error().message;
    co_return to_text(to_json(refusal));
}

} // namespace learning_loop
