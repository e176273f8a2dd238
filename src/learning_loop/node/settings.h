#pragma once

#include "learning_loop/base/error.h"
#include "learning_loop/data/detector_status.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace learning_loop {

/// How a detector node runs. Read once at the start; docs/protocol.md tells each variable.
struct DetectorSettings {
    std::string name; ///< The node's name, as the Loop shows it.
    std::string host = "127.0.0.1";
    std::uint16_t port = 8004;
    std::string data_folder;
    std::string loop_url; ///< As `http://127.0.0.1:8000`.
    std::string username;
    std::string password;
    std::string token;
    std::string ca_file;
    std::string organization;
    std::string project;
    double min_uncertain_threshold = 0.3;
    double max_uncertain_threshold = 0.6;
    std::uint64_t outbox_max_bytes = 10ull << 30;
    std::uint64_t max_outbox_size = 0; ///< Images that are no priority; 0: only the bytes are bounded.
    std::optional<std::string> node_version;
    VersionControl version_control = VersionControl::follow_loop;
    int sync_cycles = 6;
    int streams = 0;                      ///< Inferences side by side; 0: one per core.
    std::optional<double> conf_threshold; ///< Absent: what the model asks for, else 0.25.
    double iou_threshold = 0.5;
};

/// Flags, then environment, then defaults. The other alternative is the status to exit with at once: what was wrong has
/// been said on stderr.
std::variant<DetectorSettings, int> read_detector_settings(std::string const& name, int argc, char const* const* argv);

/// The URL of a Loop from what LOOP_HOST holds: `host[:port]` or an http(s) URL without a path. A bare host that
/// contains `learning-loop.ai` means https, any other http. invalid_argument otherwise.
Result<std::string> loop_url_from(std::string const& host);

} // namespace learning_loop
