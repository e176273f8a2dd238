#include "learning_loop/socketio/client.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/overloaded.h"
#include "learning_loop/base/text.h"

#include <utility>

namespace learning_loop::socketio {
namespace {

using Clock = std::chrono::steady_clock;

} // namespace

Client::Client(boost::asio::any_io_executor executor, http::Client& http, ClientOptions options)
    : executor_(executor),
      http_(http),
      options_(std::move(options)),
      server_(std::make_shared<Peer>(Peer{{}, options_.nsp, {}, {}, {}})),
      acks_(executor),
      backoff_(options_.first_wait, options_.max_wait),
      pause_(executor),
      tasks_(executor)
{}

Task<> Client::run()
{
    tasks_.spawn("the deadlines of a Socket.IO client", watch());
    std::exception_ptr ended;
    try {
        co_await connect_for_ever();
    } catch (...) {
        ended = std::current_exception();
    }
    forget_connection();
    tasks_.cancel();
    co_await tasks_.join();
    std::rethrow_exception(ended);
}

Task<> Client::connect_for_ever()
{
    for (;;) {
        auto const why = co_await run_connection();
        forget_connection();
        log::info("Socket.IO: {}: {}", http_.base_url(), printable(why));
        if (disconnected) notify([&] { disconnected(why); });
        co_await pause_.sleep(backoff_.next());
    }
}

void Client::forget_connection()
{
    core_.reset();
    engine_.reset();
    acks_.fail_all();
}

/// Returns why the connection ended, or why there was none.
Task<std::string> Client::run_connection()
{
    auto options = options_.connection;
    if (prepare) {
        auto const headers = co_await prepare();
        if (!headers) co_return headers.error().message;
        for (auto const& [name, value] : headers->all()) options.headers.add(name, value);
    }
    ++connection_;
    core_ = std::make_unique<ClientSession>(options_.packets, options_.nsp);
    join_until_ = engineio::Time::max(); // opening the session below has a limit of its own
    engine_ = std::make_unique<engineio::Client>(executor_, http_, std::move(options), application());
    co_return co_await engine_->run();
}

engineio::ClientApplication Client::application()
{
    engineio::ClientApplication application;
    application.opened = [this] {
        join_until_ = Clock::now() + options_.join_timeout;
        execute(core_->connect(options_.auth));
    };
    application.received = [this](engineio::Message message) {
        execute(core_->on_message(std::move(message), Clock::now()));
    };
    application.receiving = [this](std::size_t bytes) { core_->on_bytes(bytes); };
    return application;
}

Task<> Client::watch()
{
    Pause pause(executor_);
    for (;;) {
        co_await pause.sleep(tick);
        if (!engine_) continue;
        auto const now = Clock::now();
        if (!core_->has_joined() && now > join_until_)
            engine_->close("the server does not answer our CONNECT to " + options_.nsp);
        execute(core_->on_time(now));
    }
}

Result<void> Client::emit(std::string const& event, Arguments arguments)
{
    if (!is_connected()) return not_connected(event);
    execute(core_->emit(event, std::move(arguments)));
    return {};
}

Task<Result<Arguments>> Client::call(std::string event, Arguments arguments, std::chrono::milliseconds timeout)
{
    if (!is_connected()) co_return not_connected(event);
    auto const lost = not_connected(event);
    auto [id, actions] = core_->call(event, std::move(arguments));
    if (actions.empty()) co_return lost;
    auto ack = acks_.wait(options_.nsp, id, std::move(event), timeout); // starts when it is awaited
    execute(std::move(actions));
    if (!is_connected()) co_return lost; // it was too much for the connection, which is over
    co_return co_await std::move(ack);
}

void Client::renew(std::string why)
{
    backoff_.reset();
    if (engine_ && !engine_->is_over()) engine_->close(std::move(why));
    else pause_.wake();
}

void Client::execute(ClientActions actions)
{
    for (auto& action : actions) {
        std::visit(Overloaded{
                       [&](Send& send) { engine_->send(std::move(send.messages)); },
                       [&](Joined) { join(); },
                       [&](Refused const& refused) {
                           engine_->close("the server refuses us in " + options_.nsp + ": " + printable(refused.why));
                       },
                       [&](Event& event) { handle(std::move(event)); },
                       [&](Answer& answer) { acks_.receive(std::move(answer)); },
                       [&](End const& end) { engine_->close(end.why, end.code); },
                   },
                   action);
    }
}

void Client::join()
{
    log::info("Socket.IO: {}: connected to {}", http_.base_url(), options_.nsp);
    backoff_.reset();
    if (connected) notify(connected);
}

void Client::handle(Event event)
{
    if (!options_.load.allow(load_, event.bytes)) {
        if (event.ack_id) return acknowledge(event.ack_id, too_many_events(event.name));
        return engine_->close(too_many_events(event.name).message, http::CloseCode::try_again_later);
    }
    auto name = "the event " + printable(event.name);
    tasks_.spawn(std::move(name), answer(std::move(event)));
}

Task<> Client::answer(Event event)
{
    auto const connection = connection_;
    InFlight const in_flight(load_, event.bytes);
    auto result = co_await events.answer_to(event.name, server_, std::move(event.arguments));
    if (!result) log::warn("event {}: {}", printable(event.name), printable(result.error().message));
    if (connection == connection_) acknowledge(event.ack_id, std::move(result));
}

void Client::acknowledge(std::optional<std::uint64_t> ack_id, Result<Arguments> result)
{
    if (!ack_id || !core_) return;
    auto arguments = result ? std::move(*result) : options_.error_ack(result.error());
    execute(core_->acknowledge(*ack_id, std::move(arguments)));
}

} // namespace learning_loop::socketio
