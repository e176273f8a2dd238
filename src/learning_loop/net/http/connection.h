#pragma once

#include "learning_loop/net/http/server.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <list>
#include <memory>
#include <optional>
#include <string>

namespace learning_loop::http {

/// One client of a Server: reads a request, has it answered, and so on until either side has enough.
class Connection {
public:
    Connection(Server& server, boost::asio::ip::tcp::socket socket);
    Connection(Connection const&) = delete;
    Connection& operator=(Connection const&) = delete;
    ~Connection();

    /// Owns the connection while it runs.
    static Task<> run(std::unique_ptr<Connection> connection);

    void close_if_idle();

private:
    using Head = boost::beast::http::request_parser<boost::beast::http::empty_body>;

    enum class After { next_request, close };

    Task<After> serve_one();
    Task<std::optional<Response>> read_head(Head& head);
    Task<std::optional<Response>> read_body(Head& head, std::size_t most_bytes, std::string& body);
    Task<std::optional<Response>> read_chunked_body(Head& head, std::size_t most_bytes, std::string& body);
    std::optional<Response> refusal(Head const& head) const;
    Task<> write(Response const& response, bool head_only, bool keep_alive);
    Task<> write_file(Response const& response, FileBody const& body, bool head_only, bool keep_alive);
    Task<> write_all(std::string_view bytes);
    Task<> linger();

    Server& server_;
    std::list<Connection*>::iterator place_;
    boost::beast::tcp_stream stream_;
    boost::beast::flat_buffer buffer_;
    std::size_t reserved_bytes_ = 0; ///< Of the server's budget for bodies.
    bool idle_ = true;
};

} // namespace learning_loop::http
