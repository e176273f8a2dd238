#include "learning_loop/node/settings.h"

#include "learning_loop/base/text.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/url.h"

#include <algorithm>
#include <fstream>
#include <string_view>

namespace learning_loop {
namespace {

/// Everybody on the way can read a password that is sent over plain http beyond this machine: that is only done if the
/// user wrote `http://` explicitly.
bool password_would_leak(NodeSettings const& settings, std::string const& loop_url)
{
    bool const has_secret = !settings.password.empty() || !settings.loop_token.empty();
    if (!has_secret || settings.loop_host.starts_with("http://")) return false;
    auto const url = http::parse_url(loop_url);
    return url && url->scheme == "http" && !http::is_loopback(url->authority.host);
}

/// Whether it can stand in an HTTP header: visible ASCII. A line feed at its end, as files have it, would split the
/// request.
bool is_token(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Result<void> check_loop(NodeSettings const& settings, SettingsReader const& reader)
{
    auto const url = loop_url_from(settings.loop_host);
    if (!url) return reader.wrong("loop_host", url.error().message);
    if (password_would_leak(settings, *url)) {
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
         .default_text = "`/data` in a container that has it, `/var/lib/learning-loop/<name>` for a service, else "
                         "`$XDG_STATE_HOME/learning-loop/<name>`"},
        {.field = "name", .meaning = "the node's name, as the Loop shows it", .variable = "NODE_NAME"},
        {.field = "node_version", .meaning = "told on the node's page and, by detectors, to the Loop"},
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
        {.field = "skip_repeat_on_start",
         .meaning = "start without talking to the Loop, until `PUT /socketio` says `on`"},
        {.field = "use_backdoor_controls",
         .meaning = "have the routes that are for tests only, such as `POST /reset`; on this machine only"},
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return rows;
}

Result<void> check_node_settings(NodeSettings const& settings, SettingsReader const& reader)
{
    if (auto const checked = check_http_settings(settings, reader); !checked) return checked;
    if (settings.data_folder.empty())
        return reader.wrong("data_folder", "is required: name a folder, or set XDG_STATE_HOME or HOME");
    if (settings.name.empty()) return reader.wrong("name", "is required");
    if (auto const checked = check_loop(settings, reader); !checked) return checked;
    if (settings.use_backdoor_controls && !http::is_loopback(settings.host))
        return reader.wrong("use_backdoor_controls",
                            "is for tests on this machine: bind to 127.0.0.1, or leave it out");
    for (auto const& [field, token] :
         {std::pair("loop_token", &settings.loop_token), std::pair("node_token", &settings.node_token)}) {
        if (!is_token(token->reveal())) return reader.wrong(field, "may hold visible ASCII characters only, no blank");
    }
    return {};
}

std::string loop_url(NodeSettings const& settings)
{
    return loop_url_from(settings.loop_host).value();
}

Result<std::string> loop_url_from(std::string const& host)
{
    if (host.find('@') != std::string::npos) // the message must not repeat a password
        return Error{Errc::invalid_argument, "a login does not belong here: set LOOP_USERNAME and LOOP_PASSWORD"};
    std::string_view address = host;
    auto scheme = http::take_scheme(address);
    if (scheme.empty()) scheme = host.find("learning-loop.ai") == std::string::npos ? "http" : "https";
    while (address.ends_with('/')) address.remove_suffix(1);
    auto const slash = std::min(address.find('/'), address.size());
    auto const where = address.substr(0, slash);
    auto const path = address.substr(slash);
    if (!http::parse_authority(where) || where.ends_with(':') || !http::is_plain_path(path))
        return Error{Errc::invalid_argument, "'" + printable(host) + "' is neither host[:port] nor an http(s) URL"};
    if (path.ends_with("/api"))
        return Error{Errc::invalid_argument, "'" + printable(host) + "': leave /api off, the node adds it"};
    return std::string(scheme).append("://").append(address);
}

} // namespace learning_loop
