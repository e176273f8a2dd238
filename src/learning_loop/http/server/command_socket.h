#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/error.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace learning_loop {

/// Lets the commands of a shell reach a program that runs, through the socket `admin.sock` in its data folder that only
/// its owner may open. A line is asked, a line is answered. To be used on the io thread.
class CommandSocket {
public:
    static constexpr std::size_t max_text_bytes = std::size_t{1} << 20; ///< Of a request or an answer.

    /// The answer to a request, both without their line feed.
    using Handler = std::function<Task<std::string>(std::string request)>;

    /// Callers must hold the lock of the folder: a socket that is there is of a program that has ended. Throws
    /// std::system_error if it cannot be made.
    CommandSocket(boost::asio::any_io_executor executor, std::filesystem::path const& data_folder, Handler answer);
    ~CommandSocket();

    Task<> serve();  ///< Answers requests until it is cancelled.
    Task<> finish(); ///< Ends what still runs. To be called once, after `serve` was cancelled.

private:
    using Socket = boost::asio::local::stream_protocol::socket;

    Task<> answer(Socket socket);

    Handler answer_;
    std::filesystem::path file_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    TaskGroup clients_;
};

/// What the program answers that runs in a data folder; nullopt if none listens there. `program`: what it is, for
/// messages: `server`. Blocks. Errors: forbidden if it is another user's; unavailable if it does not answer.
std::optional<Result<std::string>> ask_running_program(std::filesystem::path const& data_folder,
                                                       std::string const& request, std::string_view program);

} // namespace learning_loop
