#pragma once

#include "learning_loop/data/loop_api.h"
#include "learning_loop/detector/detector_parts.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/json/json.h"
#include "support/fake_detector_logic.h"
#include "support/fake_loop.h"
#include "support/run.h"

#include <filesystem>
#include <memory>
#include <string>

namespace learning_loop::test {

/// The settings of a detector of zauberzeug/demo.
inline DetectorSettings detector_settings_for(std::filesystem::path const& data_folder, FakeLoop const& loop)
{
    DetectorSettings settings;
    settings.name = "weeder";
    settings.data_folder = data_folder;
    settings.loop_host = loop.url();
    settings.organization = "zauberzeug";
    settings.project = "demo";
    settings.streams = 1;
    return settings;
}

/// A detector node with a fake logic, on the test's own io thread and without a port.
struct DetectorNode {
    DetectorNode(DetectorSettings const& settings, std::shared_ptr<FakeFindings> findings,
                 std::string const& model_format = "onnx")
        : DetectorNode(settings, kind_of(std::move(findings), model_format))
    {}
    DetectorNode(DetectorSettings const& settings, DetectorKind const& kind, SoftReload::ReadSettings read = {})
        : parts(runner, kind, settings, "the uuid", std::move(read))
    {}

    static DetectorKind kind_of(std::shared_ptr<FakeFindings> findings, std::string const& model_format)
    {
        return {"weeder", model_format, [findings](DetectorSettings const&) { return fake_factory(findings); }};
    }

    /// Who sends this `Authorization`, as the node's door sees them.
    http::Caller caller_with(std::string const& authorization)
    {
        http::Request handshake;
        if (!authorization.empty()) handshake.headers.add("Authorization", authorization);
        auto const* const route = runner.router().match("GET", loop_api::socketio)->route;
        runner.router().admit(*route, handshake).value();
        return handshake.caller;
    }

    /// The arguments of the ack of an event, or `error: ...`.
    std::string send(std::string const& event, std::string const& arguments = "[]",
                     std::string const& authorization = "")
    {
        auto peer = std::make_shared<socketio::Peer>();
        peer->caller = caller_with(authorization);
        auto values = parse_json(arguments, "the test's arguments").value().as_array();
        auto const& events = parts.socketio.of("/").events;
        auto const answer = io.run(events.answer_to(event, std::move(peer), {std::move(values), {}}));
        return answer ? to_text(answer->values) : "error: " + answer.error().message;
    }

    Runner runner{http::ServerOptions()};
    Io io{runner.executor()};
    DetectorParts parts;
};

} // namespace learning_loop::test
