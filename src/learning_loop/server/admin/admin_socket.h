#pragma once

#include "learning_loop/async/task.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/descriptor.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace learning_loop {

class AdminDesk;

/// The longest text of a request or an answer.
inline constexpr std::size_t max_admin_text_bytes = std::size_t{1} << 20;

/// A short path to the socket of a data folder while it lives: the system takes none of more than 107 bytes.
class AdminAddress {
public:
    explicit AdminAddress(std::filesystem::path const& data_folder);

    boost::asio::local::stream_protocol::endpoint endpoint() const;

private:
    Descriptor folder_;
};

/// Lets the commands of a shell reach a Loop that runs, through a socket in its data folder that only its owner may
/// open. To be used on the io thread.
class AdminSocket {
public:
    /// Callers must hold the lock of the folder: a socket that is there is of a server that has ended. Throws
    /// std::system_error if it cannot be made.
    AdminSocket(boost::asio::any_io_executor executor, AdminDesk& desk, std::filesystem::path const& data_folder);
    ~AdminSocket();

    Task<> serve();  ///< Answers requests until it is cancelled.
    Task<> finish(); ///< Ends what still runs. To be called once, after `serve` was cancelled.

private:
    using Socket = boost::asio::local::stream_protocol::socket;

    Task<> answer(Socket socket);
    Task<std::string> answer_to(std::string_view text);

    AdminDesk& desk_;
    std::filesystem::path file_;
    boost::asio::local::stream_protocol::acceptor acceptor_;
    TaskGroup clients_;
};

} // namespace learning_loop
