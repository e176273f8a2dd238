#pragma once

#include "learning_loop/async/pool.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/http/body_budget.h"
#include "learning_loop/http/refusal.h"
#include "learning_loop/http/server/wire.h"

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <filesystem>
#include <optional>

namespace learning_loop::http {

using HeadParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

/// Reads the body of one request, to where its route wants it.
class BodyReader {
public:
    /// Uploads are written to `upload_folder`, on `files`.
    BodyReader(Wire& wire, BodyBudget& budget, Pool& files, std::filesystem::path const& upload_folder)
        : wire_(wire), budget_(budget), files_(files), upload_folder_(upload_folder)
    {}

    /// Puts the body into the request, unless it is refused (400, 413, 417, 422, 503, 507). Throws
    /// boost::system::system_error if the client has left or is too slow.
    Task<Admitted<>> read(HeadParser& head, Route const& route, Request& request);

    bool all_was_read() const { return all_was_read_; } ///< If so, the next request may follow on the connection.
    void give_back() { share_ = {}; }                   ///< Gives the share of the budget back, once the body is gone.

private:
    using Chunked = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

    Result<void> take_memory(std::size_t bytes);
    Task<Admitted<>> read_memory(Request& request, Route const& route);
    Task<Admitted<>> read_upload(Request& request);
    Task<Result<std::size_t>> next(boost::asio::mutable_buffer into);
    Task<Result<std::size_t>> next_of_chunked(boost::asio::mutable_buffer into);
    Error too_long() const;

    Wire& wire_;
    BodyBudget& budget_;
    Pool& files_;
    std::filesystem::path const& upload_folder_;
    BodyBudget::Share share_;
    std::optional<Chunked> chunked_;
    std::size_t left_bytes_ = 0; ///< Still to come of a body whose length was told.
    std::size_t max_bytes_ = 0;
    bool all_was_read_ = true;
};

} // namespace learning_loop::http
