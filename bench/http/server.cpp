// A server of ours with everything on: limits, deadlines, metrics, access log. GET /hello answers 13 bytes, POST /count
// takes a multipart body and tells how long its files are.
#include "learning_loop/base/log.h"
#include "learning_loop/http/multipart.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"

#include <cstdlib>
#include <memory>

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

class BenchParts final : public ll::Parts {
public:
    explicit BenchParts(ll::Runner& runner) { runner.router().keep<BenchApi>(); }
};

int main(int argc, char** argv)
{
    ll::start_log();
    ll::Program program;
    program.name = "bench_http_server";
    program.options.port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    program.build = [](ll::Runner& runner) { return std::make_unique<BenchParts>(runner); };
    program.ready = [](ll::Runner const& runner) { return "listening on " + runner.url(); };
    return ll::run_program(program);
}
