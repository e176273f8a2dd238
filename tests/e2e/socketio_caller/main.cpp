// Our Socket.IO client, driven by lines of JSON: commands come on stdin, all that happens goes to stdout. For the tests
// against other servers.
#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/base/hash.h"
#include "learning_loop/base/log.h"
#include "learning_loop/json/json.h"
#include "learning_loop/settings/settings.h"
#include "learning_loop/socketio/client.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe/class.hpp>

#include <array>
#include <iostream>

#include <unistd.h>

namespace ll = learning_loop;
namespace io = learning_loop::socketio;
namespace json = boost::json;

namespace {

struct CallerSettings {
    std::string url;
    std::string path = "/socket.io/";
    std::string transport = "websocket";
    std::string nsp = "/";
    std::string auth;
};
BOOST_DESCRIBE_STRUCT(CallerSettings, (), (url, path, transport, nsp, auth))

/// What a line of stdin may say.
struct Command {
    std::optional<std::string> emit;
    std::optional<std::string> call;
    std::vector<json::value> arguments;
    std::optional<std::uint64_t> binary_bytes;
    std::optional<std::int64_t> timeout_ms;
    std::optional<bool> quit;
};
BOOST_DESCRIBE_STRUCT(Command, (), (emit, call, arguments, binary_bytes, timeout_ms, quit))

ll::Result<void> check(CallerSettings& settings, ll::SettingsReader const& reader)
{
    if (settings.transport != "websocket" && settings.transport != "polling")
        return reader.wrong("transport", "must be websocket or polling");
    return {};
}

ll::ProgramDescription description()
{
    return {"socketio_caller",
            "A Socket.IO client that does what lines of JSON tell it.",
            {{.field = "url", .meaning = "of the server, without a path", .required = true},
             {.field = "path", .meaning = "of Socket.IO there", .variable = "SOCKETIO_PATH"},
             {.field = "transport", .meaning = "websocket, or polling and the upgrade from it"},
             {.field = "nsp", .meaning = "the namespace"},
             {.field = "auth", .meaning = "JSON to connect with"}}};
}

void print(json::object const& line)
{
    std::cout << ll::to_text(line) << "\n" << std::flush;
}

/// Arguments as a line shows them: instead of bytes their hash.
json::array shown(io::Arguments const& arguments)
{
    json::array list;
    for (auto const& value : arguments.values) {
        auto const num = io::number_of_placeholder(value);
        auto const* bytes = num ? arguments.bytes_of({*num}) : nullptr;
        if (!bytes) {
            list.push_back(value);
            continue;
        }
        auto const hash = ll::sha256(bytes->view());
        list.push_back(json::object{{"sha256", ll::hex(hash)}, {"bytes", bytes->size()}});
    }
    return list;
}

ll::Bytes bytes_of_base64(json::value const& base64)
{
    auto const payload = "b" + std::string(base64.as_string()); // as a message of bytes comes by polling
    return ll::engineio::packets_of_payload(ll::Bytes(payload)).value().at(0).data.bytes;
}

/// The value with bytes for `{"$base64": text}` and a list for `{"$tuple": list}`.
json::value with_bytes(json::value const& value, std::vector<ll::Bytes>& attachments)
{
    if (auto const* list = value.if_array()) {
        json::array result;
        for (auto const& item : *list) result.push_back(with_bytes(item, attachments));
        return result;
    }
    auto const* object = value.if_object();
    if (!object) return value;
    if (auto const* tuple = object->if_contains("$tuple")) return with_bytes(*tuple, attachments);
    if (auto const* base64 = object->if_contains("$base64")) {
        attachments.push_back(bytes_of_base64(*base64));
        return io::placeholder(attachments.size() - 1);
    }
    json::object result;
    for (auto const& [key, item] : *object) result[key] = with_bytes(item, attachments);
    return result;
}

io::Arguments arguments_of(Command const& command)
{
    io::Arguments arguments;
    for (auto const& value : command.arguments)
        arguments.values.push_back(with_bytes(value, arguments.attachments));
    if (command.binary_bytes) {
        std::string bytes(*command.binary_bytes, '\0');
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
        arguments.add(ll::Bytes(std::move(bytes)));
    }
    return arguments;
}

/// Prints an event, and acks it with its arguments.
struct Listener {
    ll::Task<ll::Result<io::Arguments>> received(io::Arguments arguments)
    {
        print({{"event", "received"}, {"name", name}, {"arguments", shown(arguments)}});
        co_return arguments;
    }

    std::string name;
};

class Caller {
public:
    Caller(boost::asio::any_io_executor executor, CallerSettings const& settings)
        : http_(http_options(settings)),
          client_(executor, http_, client_options(settings)),
          input_(executor, ::dup(STDIN_FILENO)),
          tasks_(executor)
    {
        client_.connected = [] { print({{"event", "connected"}}); };
        client_.disconnected = [](std::string const& why) { print({{"event", "disconnected"}, {"reason", why}}); };
        for (auto& listener : listeners_) client_.events.on(listener.name, listener, &Listener::received);
    }

    ll::Task<> run(ll::ShutdownSignal& end)
    {
        tasks_.spawn("the client", client_.run());
        tasks_.spawn("the commands", obey(end));
        co_await end.wait();
        tasks_.cancel();
        co_await tasks_.join();
    }

private:
    static ll::http::ClientOptions http_options(CallerSettings const& settings)
    {
        ll::http::ClientOptions http;
        http.base_url = settings.url;
        return http;
    }

    static io::ClientOptions client_options(CallerSettings const& settings)
    {
        io::ClientOptions client;
        client.connection.path = settings.path;
        client.connection.session.first =
            settings.transport == "polling" ? ll::engineio::Transport::polling : ll::engineio::Transport::websocket;
        client.nsp = settings.nsp;
        if (!settings.auth.empty()) client.auth = ll::parse_json(settings.auth, "--auth").value();
        return client;
    }

    ll::Task<> obey(ll::ShutdownSignal& end)
    {
        std::string text;
        for (;;) {
            auto const [failure, bytes] = co_await boost::asio::async_read_until(
                input_, boost::asio::dynamic_buffer(text), '\n', boost::asio::as_tuple(boost::asio::use_awaitable));
            if (failure) break;
            auto const line = ll::parse_json(std::string_view(text).substr(0, bytes), "a command");
            text.erase(0, bytes);
            auto const command = line ? ll::from_json<Command>(*line) : ll::Result<Command>(line.error());
            if (!command) print({{"event", "error"}, {"error", command.error().message}});
            else if (command->quit) break;
            else if (command->emit) emit(*command);
            else if (command->call) tasks_.spawn("a call", call(*command));
        }
        end.stop();
    }

    void emit(Command const& command)
    {
        auto const sent = client_.emit(*command.emit, arguments_of(command));
        if (!sent) print({{"event", "error"}, {"error", sent.error().message}});
    }

    ll::Task<> call(Command command)
    {
        std::chrono::milliseconds const timeout(command.timeout_ms.value_or(10'000));
        auto const answer = co_await client_.call(*command.call, arguments_of(command), timeout);
        if (answer) print({{"event", "answer"}, {"arguments", shown(*answer)}});
        else print({{"event", "no_answer"}, {"error", answer.error().message}});
    }

    std::array<Listener, 4> listeners_{{{"auth"}, {"message-back"}, {"question"}, {"answered"}}};
    ll::http::Client http_;
    io::Client client_;
    boost::asio::posix::stream_descriptor input_;
    ll::TaskGroup tasks_;
};

} // namespace

int main(int argc, char** argv)
{
    ll::start_log(ll::log::Level::debug);
    auto const read = ll::read_settings(description(), CallerSettings(), {argc, argv}, check);
    if (!read) return ll::refuse_settings("socketio_caller", read.error());
    if (!*read) return 0; // --help
    boost::asio::io_context context(1);
    Caller caller(context.get_executor(), **read);
    ll::ShutdownSignal end(context.get_executor());
    ll::TaskGroup tasks(context.get_executor());
    tasks.spawn("the program", caller.run(end));
    context.run();
    return end.exit_status();
}
