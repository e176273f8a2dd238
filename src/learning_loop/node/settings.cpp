#include "learning_loop/node/settings.h"

#include "learning_loop/base/command_line.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/net/http/server.h"

#include <charconv>
#include <iostream>
#include <string_view>

namespace learning_loop {
namespace {

/// The variable or, when it is unset, its alias. When both are set and differ, the variable wins with a warning.
std::string variable_or(std::string const& variable, std::string const& alias)
{
    auto value = environment(variable);
    auto const other = environment(alias);
    if (!value.empty() && !other.empty() && value != other)
        log::warn("{} and {} differ: {} is used", variable, alias, variable);
    return value.empty() ? other : value;
}

/// The bare aliases USERNAME and PASSWORD collide with what shells set, so they count only together.
void read_login(DetectorSettings& settings)
{
    settings.username = environment("LOOP_USERNAME");
    settings.password = environment("LOOP_PASSWORD");
    bool const alias_is_whole = !environment("USERNAME").empty() && !environment("PASSWORD").empty();
    if (settings.username.empty() && settings.password.empty() && alias_is_whole) {
        settings.username = environment("USERNAME");
        settings.password = environment("PASSWORD");
    }
}

/// Plain http beyond this machine shows a password to whoever listens: only who wrote `http://` out has asked for it.
bool password_would_leak(DetectorSettings const& settings, std::string const& loop_host)
{
    auto const host = settings.loop_url.substr(settings.loop_url.find("://") + 3);
    bool const has_secret = !settings.password.empty() || !settings.token.empty();
    auto const name = host.front() == '[' ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    return has_secret && settings.loop_url.starts_with("http://") && !http::is_loopback(name) &&
           !loop_host.starts_with("http://");
}

Result<void> check(DetectorSettings& settings, std::string const& loop_host)
{
    if (settings.data_folder.empty()) {
        return Error{Errc::invalid_argument,
                     "--data-folder (DATA_FOLDER): is required, since neither XDG_STATE_HOME nor HOME is set"};
    }
    auto url = loop_url_from(loop_host);
    if (!url) return url.error();
    settings.loop_url = *url;
    for (auto const& [what, value] : {std::pair{"--organization (LOOP_ORGANIZATION)", &settings.organization},
                                      std::pair{"--project (LOOP_PROJECT)", &settings.project}}) {
        if (value->empty()) return Error{Errc::invalid_argument, std::string(what) + ": is required"};
        *value = lower_case(*value); // ids are lower case; people type the name they see
        if (!is_name(*value))
            return Error{Errc::invalid_argument, std::string(what) + ": letters, digits, '_', '-' and '.' only"};
    }
    if (settings.min_uncertain_threshold > settings.max_uncertain_threshold) {
        return Error{Errc::invalid_argument,
                     "--min-uncertain-threshold (MIN_UNCERTAIN_THRESHOLD): is above --max-uncertain-threshold"};
    }
    if (password_would_leak(settings, loop_host)) {
        return Error{Errc::invalid_argument,
                     "--loop-host (LOOP_HOST): the password would go over plain http: write https:// or http:// "
                     "before the host to say which you want"};
    }
    return {};
}

/// What may follow the host's name: nothing, or a colon and a port.
bool is_port_or_nothing(std::string_view text)
{
    if (text.empty()) return true;
    int port = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, failure] = std::from_chars(text.data() + 1, end, port);
    return text.front() == ':' && failure == std::errc() && rest == end && port > 0 && port <= 65535;
}

} // namespace

Result<std::string> loop_url_from(std::string const& host)
{
    auto const wrong = [&] {
        return Error{Errc::invalid_argument,
                     "--loop-host (LOOP_HOST): '" + printable(host) + "' is neither host[:port] nor an http(s) URL"};
    };
    bool const has_scheme = host.starts_with("http://") || host.starts_with("https://");
    auto url = has_scheme ? host : (host.find("learning-loop.ai") != std::string::npos ? "https://" : "http://") + host;
    while (url.ends_with('/')) url.pop_back();
    auto const authority = url.substr(std::min(url.find("://") + 3, url.size()));
    if (authority.empty() || authority.find_first_of("/?#@ \\\"'<>") != std::string::npos) return wrong();
    for (char const c : authority) {
        if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) return wrong();
    }
    auto const name_length =
        authority.front() == '[' ? authority.find(']') + 1 : std::min(authority.find(':'), authority.size());
    if (name_length == 0 || !is_port_or_nothing(std::string_view(authority).substr(name_length))) return wrong();
    return url;
}

std::variant<DetectorSettings, int> read_detector_settings(std::string const& name, int argc, char const* const* argv)
{
    DetectorSettings settings;
    settings.name = name;
    settings.data_folder = default_data_folder(name);
    auto loop_host = variable_or("LOOP_HOST", "HOST");
    if (loop_host.empty()) loop_host = "learning-loop.ai";
    settings.organization = variable_or("LOOP_ORGANIZATION", "ORGANIZATION");
    settings.project = variable_or("LOOP_PROJECT", "PROJECT");
    settings.token = environment("LOOP_TOKEN");
    read_login(settings);
    std::string version_control = "follow_loop";
    std::string node_version;

    CommandLine line(name, "A detector node: finds things in images and sends home those it is unsure of.");
    line.add("--host", "NODE_HOST", settings.host, "interface to bind");
    line.add("--port", "NODE_PORT", settings.port, "port to bind");
    line.add("--data-folder", "DATA_FOLDER", settings.data_folder,
             "where models and the outbox are kept; one process per folder");
    line.add("--name", "NODE_NAME", settings.name, "the node's name, as the Loop shows it");
    line.add("--loop-host", "LOOP_HOST", loop_host, "host[:port] or URL of the Loop (also HOST)");
    line.add("--organization", "LOOP_ORGANIZATION", settings.organization,
             "id of the organization (also ORGANIZATION)");
    line.add("--project", "LOOP_PROJECT", settings.project, "id of the project (also PROJECT)");
    line.add("--loop-ssl-cert-path", "LOOP_SSL_CERT_PATH", settings.ca_file, "CA file for https; empty: the system's");
    line.add("--min-uncertain-threshold", "MIN_UNCERTAIN_THRESHOLD", settings.min_uncertain_threshold,
             "least uncertain confidence");
    line.add("--max-uncertain-threshold", "MAX_UNCERTAIN_THRESHOLD", settings.max_uncertain_threshold,
             "highest uncertain confidence");
    line.add("--outbox-max-bytes", "OUTBOX_MAX_BYTES", settings.outbox_max_bytes,
             "most bytes of images kept for upload");
    line.add("--max-outbox-size", "MAX_OUTBOX_SIZE", settings.max_outbox_size,
             "most images kept that are no priority; 0: any number");
    line.add("--node-version", "NODE_VERSION", node_version, "reported to the Loop");
    line.add("--version-control-default", "VERSION_CONTROL_DEFAULT", version_control,
             "`pause`: keep the model; else follow_loop");
    line.add("--sync-cycles", "SYNC_CYCLES", settings.sync_cycles, "report every that many cycles of 5 s", 1);
    line.add("--streams", "STREAMS", settings.streams, "inferences side by side; 0: one per core", 0);
    line.add("--conf-threshold", "CONF_THRESHOLD", settings.conf_threshold,
             "least confidence of a detection [the model's, else 0.25]");
    line.add("--iou-threshold", "IOU_THRESHOLD", settings.iou_threshold,
             "overlap above which two boxes of a category are one");
    if (auto const status = line.read(argc, argv)) return *status;

    if (lower_case(version_control) == "pause") settings.version_control = VersionControl::pause;
    if (!node_version.empty()) settings.node_version = node_version;
    if (auto const checked = check(settings, loop_host); !checked) {
        std::cerr << name << ": " << checked.error().message << "\n";
        return 2;
    }
    return settings;
}

} // namespace learning_loop
