#include "learning_loop/http/server/command_socket.h"

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/log.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
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

/// A short path to the socket of a data folder while it lives: the system takes none of more than 107 bytes.
class ShortPath {
public:
    explicit ShortPath(std::filesystem::path const& data_folder)
        : folder_(::open(data_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))
    {
        if (!folder_.is_open()) throw std::system_error(errno, std::system_category(), data_folder.string());
    }

    asio::local::stream_protocol::endpoint endpoint() const
    {
        return {"/proc/self/fd/" + std::to_string(folder_.get()) + "/" + file_name};
    }

private:
    Descriptor folder_;
};

/// Only the owner of this process, and root, who may do everything anyway.
bool may_ask(int socket)
{
    ucred peer{};
    socklen_t size = sizeof(peer);
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == ::geteuid() || peer.uid == 0);
}

} // namespace

CommandSocket::CommandSocket(asio::any_io_executor executor, std::filesystem::path const& data_folder, Handler answer)
    : answer_(std::move(answer)), file_(data_folder / file_name), acceptor_(executor), clients_(executor)
{
    ShortPath const path(data_folder);
    std::filesystem::remove(file_);
    acceptor_.open();
    auto const mask = ::umask(0177); // nobody else may open it, not even for a moment
    boost::system::error_code failure;
    acceptor_.bind(path.endpoint(), failure);
    ::umask(mask);
    if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
    if (failure) throw std::system_error(failure.value(), std::system_category(), file_.string());
}

CommandSocket::~CommandSocket()
{
    std::error_code gone;
    std::filesystem::remove(file_, gone);
}

Task<> CommandSocket::serve()
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

Task<> CommandSocket::finish()
{
    clients_.cancel();
    co_await clients_.join();
}

Task<> CommandSocket::answer(Socket socket)
{
    constexpr auto as_tuple = asio::as_tuple(asio::use_awaitable);
    std::string text;
    auto const [unread, size] =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(text, max_text_bytes), '\n', as_tuple);
    if (unread) co_return;
    auto line = co_await answer_(text.substr(0, size - 1));
    line += '\n';
    co_await asio::async_write(socket, asio::buffer(line), as_tuple);
}

std::optional<Result<std::string>> ask_running_program(std::filesystem::path const& data_folder,
                                                       std::string const& request, std::string_view program)
{
    ShortPath const path(data_folder);
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    boost::system::error_code failure;
    socket.connect(path.endpoint(), failure);
    auto const named = "the " + std::string(program);
    if (failure == boost::system::errc::permission_denied) {
        return Error{Errc::forbidden, named + " in " + data_folder.string() +
                                          " belongs to another user: run this command as that user, or as root"};
    }
    if (failure) return std::nullopt;
    asio::write(socket, asio::buffer(request + "\n"), failure);
    std::string text;
    auto const limited = asio::dynamic_buffer(text, CommandSocket::max_text_bytes);
    std::size_t const size = failure ? 0 : asio::read_until(socket, limited, '\n', failure);
    if (failure) return Error{Errc::unavailable, named + " broke off before it answered: look into its log"};
    return text.substr(0, size - 1);
}

} // namespace learning_loop
