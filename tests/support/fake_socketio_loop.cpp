#include "support/fake_socketio_loop.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/server/runner.h"

#include <chrono>

namespace learning_loop::test {

struct FakeSocketIoLoop::LoopParts final : Parts {
    LoopParts(Runner& runner, FakeSocketIoLoop& loop_) : loop(loop_), server(runner.executor())
    {
        auto& nodes = server.of("/");
        nodes.admit = [this](socketio::PeerPtr peer) { return admit(std::move(peer)); };
        nodes.connected = [this](socketio::PeerPtr const& peer) { peers.push_back(peer); };
        nodes.disconnected = [this](socketio::PeerPtr const& peer, std::string const&) { std::erase(peers, peer); };
        nodes.events.on("report", *this, &LoopParts::report);
        auto& router = runner.router();
        router.get(loop_api::status, *this, &LoopParts::status);
        router.post(loop_api::login, *this, &LoopParts::login);
        server.add_to(router, std::string(loop_api::socketio));
    }

    void start(TaskGroup& tasks) override { tasks.spawn("Socket.IO", server.run()); }
    Task<> disconnect() override { return server.finish(); }

    Task<Result<void>> admit(socketio::PeerPtr peer)
    {
        bool const admitted = loop.with([&](auto& state) {
            state.handshakes.push_back(peer->headers);
            return state.admits;
        });
        if (!admitted) co_return Error{Errc::unauthorized, "log in first"};
        co_return Result<void>();
    }
    Task<Result<http::Response>> status()
    {
        co_return answer(loop.with([](auto const& state) { return state.status; }));
    }
    Task<Result<http::Response>> login()
    {
        auto response = answer(loop.with([](auto& state) {
            ++state.logins;
            return state.login_status;
        }));
        response.headers.add("Set-Cookie", "session=fake; Path=/");
        co_return response;
    }
    static http::Response answer(int status)
    {
        auto response = http::text_response("{}");
        response.status = status;
        return response;
    }
    Task<Result<socketio::Arguments>> report(socketio::Arguments arguments)
    {
        auto ack = loop.with([&](auto& state) {
            state.reports.push_back(arguments.values);
            return state.ack();
        });
        if (ack) co_return std::move(*ack);
        boost::asio::steady_timer never(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
        co_await never.async_wait(boost::asio::use_awaitable);
        co_return socketio::Arguments();
    }

    FakeSocketIoLoop& loop;
    socketio::Server server;
    std::vector<socketio::PeerPtr> peers; ///< That are connected.
};

FakeSocketIoLoop::FakeSocketIoLoop()
{
    auto const build = [this](Runner& runner) {
        auto parts = std::make_unique<LoopParts>(runner, *this);
        parts_ = parts.get();
        return parts;
    };
    server_ = std::make_unique<RunningServer>(build, http::ServerOptions());
}

bool FakeSocketIoLoop::has_a_node()
{
    return server_->on_io([this] { return !parts_->peers.empty(); });
}

void FakeSocketIoLoop::disconnect()
{
    server_->on_io([this] {
        auto const peers = parts_->peers;
        for (auto const& peer : peers) parts_->server.disconnect(peer);
        return true;
    });
}

void FakeSocketIoLoop::emit(std::string event, socketio::Arguments arguments)
{
    server_->on_io([&] {
        parts_->server.emit(parts_->peers.back(), event, std::move(arguments));
        return true;
    });
}

Result<socketio::Arguments> FakeSocketIoLoop::call(std::string event, socketio::Arguments arguments,
                                                   std::chrono::milliseconds timeout)
{
    auto const peer = server_->on_io([this] { return parts_->peers.back(); });
    auto ack = parts_->server.call(peer, std::move(event), std::move(arguments), timeout);
    return boost::asio::co_spawn(server_->executor(), std::move(ack), boost::asio::use_future).get();
}

} // namespace learning_loop::test
