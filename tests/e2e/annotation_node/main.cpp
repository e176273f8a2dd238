// An annotation node of ours, for tests: whoever lets go of the left mouse button gets a square there, as SVG and as a
// segmentation. It forgets a window that is closed, and says what happens on stdout, a line of JSON each.
#include "learning_loop/async/shutdown_signal.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/data/user_input.h"
#include "learning_loop/json/json.h"
#include "learning_loop/settings/settings.h"
#include "learning_loop/socketio/client.h"

#include <boost/asio/io_context.hpp>
#include <boost/describe/class.hpp>

#include <iostream>
#include <map>

namespace ll = learning_loop;
namespace io = learning_loop::socketio;
namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

struct NodeSettings {
    std::string url;
    std::string token;
    std::string name;
    std::string ca_file;
    std::string transport = "websocket";
};
BOOST_DESCRIBE_STRUCT(NodeSettings, (), (url, token, name, ca_file, transport))

ll::Result<void> check(NodeSettings& settings, ll::SettingsReader const& reader)
{
    if (settings.transport != "websocket" && settings.transport != "polling")
        return reader.wrong("transport", "must be websocket or polling");
    return {};
}

ll::ProgramDescription description()
{
    return {"annotation_node",
            "Draws squares.",
            {{.field = "url", .meaning = "of the Loop", .required = true},
             {.field = "token", .meaning = "of this node", .required = true},
             {.field = "name", .meaning = "of this node", .required = true},
             {.field = "ca_file", .meaning = "PEM; the only authorities to trust"},
             {.field = "transport", .meaning = "websocket, or polling and the upgrade from it"}}};
}

void print(json::object const& line)
{
    std::cout << ll::to_text(line) << "\n" << std::flush;
}

struct Ack {
    bool success = true;
    json::value payload;
};
BOOST_DESCRIBE_STRUCT(Ack, (), (success, payload))

class AnnotationNode {
public:
    AnnotationNode(boost::asio::any_io_executor executor, NodeSettings const& settings)
        : name_(settings.name),
          http_(http_options(settings)),
          client_(executor, http_, client_options(settings)),
          tasks_(executor),
          pause_(executor)
    {
        client_.connected = [] { print({{"event", "connected"}}); };
        client_.disconnected = [](std::string const& why) { print({{"event", "disconnected"}, {"reason", why}}); };
        client_.events.on("handle_user_input", *this, &AnnotationNode::handle_user_input);
        client_.events.on("user_logout", *this, &AnnotationNode::user_logout);
    }

    ll::Task<> run(ll::ShutdownSignal& end)
    {
        tasks_.spawn("the connection", client_.run());
        tasks_.spawn("the reports", report());
        co_await end.wait();
        tasks_.cancel();
        co_await tasks_.join();
    }

private:
    static ll::http::ClientOptions http_options(NodeSettings const& settings)
    {
        ll::http::ClientOptions http;
        http.base_url = settings.url;
        http.bearer_token = settings.token;
        http.ca_file = settings.ca_file;
        return http;
    }

    static io::ClientOptions client_options(NodeSettings const& settings)
    {
        io::ClientOptions client;
        client.connection.path = "/ws/socket.io/";
        client.connection.headers.add("nodeType", "annotation_node");
        client.connection.session.first =
            settings.transport == "polling" ? ll::engineio::Transport::polling : ll::engineio::Transport::websocket;
        client.first_wait = 200ms;
        return client;
    }

    ll::Task<> report()
    {
        for (;;) {
            ll::AnnotatorStatus status;
            status.id = name_ + "-id";
            status.name = name_;
            status.capabilities = {"segmentation"};
            auto arguments = io::Arguments::of(status);
            auto const ack = co_await client_.call("update_annotation_node", std::move(arguments), 10s);
            if (ack) print({{"event", "reported"}, {"ack", ack->values}});
            co_await pause_.sleep(ack ? 2s : 100ms);
        }
    }

    ll::Task<ll::Result<Ack>> handle_user_input(ll::UserInput input)
    {
        auto const& data = input.data;
        if (data.event_type != ll::EventType::left_mouse_up) co_return Ack{true, ""};
        int const x = data.coordinate.x;
        int const y = data.coordinate.y;
        ll::SegmentationAnnotation square;
        square.id =
            shapes_.emplace(input.frontend_id, ll::new_uuid()).first->second; // drawn further, it is the same one
        for (auto const& [right, down] : {std::pair(-5, -5), {5, -5}, {5, 5}, {-5, 5}})
            square.shape.points.push_back({.x = static_cast<double>(x + right), .y = static_cast<double>(y + down)});
        square.image_id = data.image_uuid;
        square.category_id = data.category.id;
        auto arguments = io::Arguments::of(data.context.organization, data.context.project, square);
        auto const ack = co_await client_.call("update_segmentation_annotation", std::move(arguments), 10s);
        if (!ack) co_return ack.error();
        print({{"event", "drawn"}, {"ack", ack->values}});
        auto const svg = "<circle cx=\"" + std::to_string(x) + "\" cy=\"" + std::to_string(y) + "\" r=\"5\"/>";
        co_return Ack{true, json::string(svg)};
    }

    ll::Task<ll::Result<Ack>> user_logout(std::string frontend)
    {
        shapes_.erase(frontend);
        print({{"event", "forgotten"}, {"frontend", frontend}});
        co_return Ack{};
    }

    std::string name_;
    ll::http::Client http_;
    io::Client client_;
    ll::TaskGroup tasks_;
    ll::Pause pause_;
    std::map<std::string, std::string> shapes_; ///< The id of what each window draws.
};

} // namespace

int main(int argc, char** argv)
{
    ll::start_log(ll::log::Level::debug);
    auto const read = ll::read_settings(description(), NodeSettings(), {argc, argv}, check);
    if (!read) return ll::refuse_settings("annotation_node", read.error());
    if (!*read) return 0; // --help
    boost::asio::io_context context(1);
    AnnotationNode node(context.get_executor(), **read);
    ll::ShutdownSignal end(context.get_executor());
    ll::TaskGroup tasks(context.get_executor());
    tasks.spawn("the program", node.run(end));
    context.run();
    return end.exit_status();
}
