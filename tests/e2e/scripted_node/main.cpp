// A node that does nothing: its page shows what stands in the file status.json of its data folder, a NodeStatus, at
// that moment. `POST /press` is for buttons: it writes a line to the file `presses` there, or refuses with the text of
// the file `refusal`.
#include "learning_loop/base/files.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/json/json.h"
#include "learning_loop/node/node_door.h"
#include "learning_loop/node/page/node_page.h"
#include "learning_loop/node/run_node.h"

#include <fstream>

namespace ll = learning_loop;

class ScriptedNode final : public ll::Parts {
public:
    ScriptedNode(ll::http::Router& router, ll::NodeSettings const& settings)
        : door_(ll::node_door(settings)), folder_(settings.data_folder)
    {
        router.guard(door_);
        ll::add_node_page(router, [this] { return status(); });
        router.post("/press", *this, &ScriptedNode::press).summary("A button.").open_to(ll::http::Access::operators);
    }

private:
    ll::NodeStatus status() const
    {
        auto const text = ll::read_file(folder_ / "status.json", 1 << 20).value();
        return ll::from_json<ll::NodeStatus>(ll::parse_json(text, "status").value()).value();
    }

    ll::Task<ll::Result<std::string>> press()
    {
        if (auto const refusal = ll::read_file(folder_ / "refusal", 1 << 10); refusal)
            co_return ll::Error{ll::Errc::conflict, *refusal};
        std::ofstream(folder_ / "presses", std::ios::app) << "pressed\n";
        co_return "OK";
    }

    ll::http::OperatorDoor door_;
    std::filesystem::path folder_;
};

int main(int argc, char** argv)
{
    auto const read = [&]() -> ll::Result<std::optional<ll::NodeSettings>> {
        ll::NodeSettings settings;
        settings.name = "scripted_node";
        return ll::read_settings(ll::ProgramDescription{"scripted_node", "Shows its page.", ll::node_settings()},
                                 settings, ll::Invocation{argc, argv}, ll::check_node_settings);
    };
    auto const build = [](ll::Runner& runner, ll::NodeSettings const& settings, std::string const&) {
        return std::make_unique<ScriptedNode>(runner.router(), settings);
    };
    return ll::run_node<ll::NodeSettings>("scripted_node", read, build);
}
