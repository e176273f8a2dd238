// A server of ours with everything on: limits, deadlines, metrics, access log. GET /hello answers 13 bytes, POST /count
// takes a multipart body and tells how long its files are.
#include "learning_loop/http/server/server.h"
#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/http/multipart.h"

#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <iostream>

namespace ll = learning_loop;

class BenchApi {
public:
    void add_to(ll::http::Router& router)
    {
        router.get("/hello", *this, &BenchApi::hello);
        router.post("/count", *this, &BenchApi::count).body_limit(64u << 20);
    }

private:
    ll::Task<ll::Result<ll::http::TextBody>> hello() { co_return ll::http::TextBody{"Hello, World!"}; }

    ll::Task<ll::Result<std::uint64_t>> count(ll::http::Request request)
    {
        auto const parts = ll::http::parse_multipart(request.content_type(), request.body);
        if (!parts) co_return parts.error();
        std::uint64_t bytes = 0;
        for (auto const& part : *parts) bytes += part.bytes.size();
        co_return bytes;
    }
};

int main(int argc, char** argv)
{
    ll::start_log();
    boost::asio::io_context io(1);
    ll::Metrics metrics;
    ll::http::Router router;
    router.keep<BenchApi>();
    ll::http::ServerOptions options;
    options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    ll::http::Server server(io.get_executor(), router, metrics, options);
    if (auto const bound = server.listen(); !bound) {
        std::cerr << bound.error().message << "\n";
        return 2;
    }
    ll::TaskGroup tasks(io.get_executor());
    tasks.spawn("the server", server.serve());
    io.run(); // until it is killed
}
