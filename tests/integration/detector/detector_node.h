#pragma once

#include "learning_loop/detector/detector_parts.h"
#include "learning_loop/http/server/runner.h"
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
        : parts(runner, kind_of(std::move(findings), model_format), settings, "the uuid")
    {}

    static DetectorKind kind_of(std::shared_ptr<FakeFindings> findings, std::string const& model_format)
    {
        return {"weeder", model_format, [findings](DetectorSettings const&) { return fake_factory(findings); }};
    }

    Runner runner{http::ServerOptions()};
    Io io{runner.executor()};
    DetectorParts parts;
};

} // namespace learning_loop::test
