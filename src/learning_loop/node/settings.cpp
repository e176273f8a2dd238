#include "learning_loop/node/settings.h"

#include "learning_loop/base/log.h"
#include "learning_loop/http/loopback.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

namespace learning_loop {
namespace {

/// Plain http beyond this machine shows a password to whoever listens: only who wrote `http://` out has asked for it.
bool password_would_leak(NodeSettings const& settings)
{
    auto const host = settings.loop_url.substr(settings.loop_url.find("://") + 3);
    bool const has_secret = !settings.password.empty() || !settings.loop_token.empty();
    auto const name = host.front() == '[' ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    return has_secret && settings.loop_url.starts_with("http://") && !http::is_loopback(name) &&
           !settings.loop_host.starts_with("http://");
}

/// As it stands in a header of HTTP: visible ASCII. A newline at its end, as files have it, would split the request.
bool is_token(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
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

Result<void> check_loop(NodeSettings& settings, SettingsReader const& reader)
{
    auto const url = loop_url_from(settings.loop_host);
    if (!url) return reader.wrong("loop_host", url.error().message);
    settings.loop_url = *url;
    if (password_would_leak(settings)) {
        return reader.wrong("loop_host", "the password would go over plain http: write https:// or http:// before the "
                                         "host to say which you want");
    }
    if (auto const& file = settings.loop_ssl_cert_path; !file.empty() && !std::ifstream(file))
        return reader.wrong("loop_ssl_cert_path", "'" + printable(file.string()) + "' cannot be read: name a CA file");
    return {};
}

} // namespace

std::vector<Setting> node_settings()
{
    auto rows = http_settings();
    std::vector<Setting> const own{
        {.field = "data_folder",
         .meaning = "where the node keeps its state; one process per folder",
         .default_text = "`/data` in a container, `/var/lib/learning-loop/<name>` for a service, else "
                         "`$XDG_STATE_HOME/learning-loop/<name>`"},
        {.field = "name", .meaning = "the node's name, as the Loop shows it", .variable = "NODE_NAME"},
        {.field = "loop_host",
         .meaning = "host[:port] or http(s) URL of the Loop; a bare host is asked over http unless it contains "
                    "learning-loop.ai",
         .alias = "HOST"},
        {.field = "username",
         .meaning = "login at the Loop; detectors usually need none",
         .variable = "LOOP_USERNAME",
         .alias = "USERNAME",
         .alias_group = "login"},
        {.field = "password",
         .meaning = "password of that login; never sent over plain http beyond this machine unless http:// is written "
                    "out",
         .variable = "LOOP_PASSWORD",
         .alias = "PASSWORD",
         .alias_group = "login"},
        {.field = "loop_token", .meaning = "bearer token for the Loop, instead of a login"},
        {.field = "loop_ssl_cert_path",
         .meaning = "CA file for https; the host's name is always verified",
         .default_text = "the system's"},
        {.field = "node_token",
         .meaning = "bearer token that the control routes ask for; without one they are for this machine only"},
        {.field = "open_control", .meaning = "let whoever reaches this node call its control routes, without a token"},
        {.field = "use_backdoor_controls",
         .meaning = "the routes that only tests use; needs a loopback --host; has no effect yet"},
        {.field = "skip_repeat_on_start", .meaning = "start muted, without the cycle with the Loop; has no effect yet"},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return rows;
}

Result<void> check_node_settings(NodeSettings& settings, SettingsReader const& reader)
{
    if (auto const checked = check_http_settings(settings, reader); !checked) return checked;
    if (settings.data_folder.empty())
        return reader.wrong("data_folder", "is required: name a folder, or set XDG_STATE_HOME or HOME");
    if (settings.name.empty()) return reader.wrong("name", "is required");
    if (auto const checked = check_loop(settings, reader); !checked) return checked;
    for (auto const& [field, token] :
         {std::pair("loop_token", &settings.loop_token), std::pair("node_token", &settings.node_token)}) {
        if (!is_token(token->reveal())) return reader.wrong(field, "may hold visible ASCII characters only, no blank");
    }
    if (settings.use_backdoor_controls && !http::is_loopback(settings.host)) {
        return reader.wrong("use_backdoor_controls",
                            "'" + printable(settings.host) +
                                "' can be reached from other machines: bind 127.0.0.1 (--host, "
                                "NODE_HOST) or do without");
    }
    return {};
}

Result<std::string> loop_url_from(std::string const& host)
{
    auto const wrong = [&] {
        if (host.find('@') != std::string::npos) // what stands before it may be a password
            return Error{Errc::invalid_argument, "a login does not belong here: set LOOP_USERNAME and LOOP_PASSWORD"};
        return Error{Errc::invalid_argument,
                     "'" + printable(host) + "' is neither host[:port] nor an http(s) URL without a path"};
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

} // namespace learning_loop
