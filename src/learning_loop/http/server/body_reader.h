#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/refusal.h"
#include "learning_loop/http/server/server_options.h"
#include "learning_loop/http/server/wire.h"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <optional>

namespace learning_loop::http {

using HeadParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

/// Reads the body of one request, to where its route wants it.
class BodyReader {
public:
    /// Uploads are written to the options' folder, on `files`, within the budget `uploads`, which is needed to read.
    BodyReader(Wire& wire, ServerOptions const& options, Pool& files, BodyBudget* uploads)
        : wire_(wire), options_(options), files_(files), uploads_(uploads)
    {}

    /// Puts the body into the request, which must have its budget, unless it is refused (400, 413, 415, 417, 422, 503,
    /// 507). Throws boost::system::system_error if the client has left or is too slow.
    Task<Admitted<>> read(HeadParser& head, Route const& route, Request& request);

    bool all_was_read() const { return all_was_read_; } ///< If so, the next request may follow on the connection.
    void give_back(); ///< Gives the shares of the budgets back, once the body is gone.

private:
    using Chunked = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

    Result<void> take_memory(std::size_t bytes);
    Task<Admitted<>> read_memory(Request& request, Route const& route);
    Task<Admitted<>> read_upload(Request& request, Route const& route);
    Task<Result<std::size_t>> next(boost::asio::mutable_buffer into);
    Task<Result<std::size_t>> next_of_chunked(boost::asio::mutable_buffer into);
    Error too_long() const;

    Wire& wire_;
    ServerOptions const& options_;
    Pool& files_;
    BodyBudget* uploads_;
    BodyBudget::Share share_;
    BodyBudget::Share disk_share_;
    std::optional<Chunked> chunked_;
    std::size_t left_bytes_ = 0; ///< Still to come of a body whose length was told.
    std::size_t max_bytes_ = 0;
    Errc too_long_code_ = Errc::too_large;
    bool all_was_read_ = true;
};

/// out_of_space: what is left of the disk is kept for what must go on.
Error out_of_disk();

} // namespace learning_loop::http
