#include "learning_loop/server/settings.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/text.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/server/accounts/password.h"
#include "learning_loop/settings/settings_text.h"
#include "learning_loop/settings/state_folder.h"

#include <algorithm>

namespace learning_loop {
namespace {

constexpr auto* nobody = "none";
constexpr auto* this_machine = "127.0.0.0/8,::1";

// So that a few cameras behind one router have room. Less than half of what the database's lanes and the memory for
// bodies hold is for those whom nobody knows.
constexpr http::RequestLimits request_limits{.open_of_one = 200,
                                             .open_of_unknown_one = 50,
                                             .open_of_unknown = 300,
                                             .open_of_visitors = 1000,
                                             .memory_of_one_bytes = std::size_t{384} << 20,
                                             .memory_of_unknown_bytes = std::size_t{512} << 20,
                                             .memory_of_visitors_bytes = std::size_t{64} << 20,
                                             .uploads_of_one_bytes = std::size_t{4} << 30,
                                             .uploads_bytes = std::size_t{16} << 30};

std::vector<Setting> reach_settings()
{
    return {
        {.field = "public_url",
         .meaning = "URL under which people and nodes reach the Loop through a proxy, as `https://farm.example/loop/`"},
        {.field = "behind_proxy",
         .meaning = "networks of the proxies in front, as `127.0.0.1`: their X-Forwarded-For and X-Forwarded-Proto are "
                    "believed"},
        {.field = "allow_plain_http",
         .meaning = "may be reached from other machines without https: whoever is on the way reads passwords and "
                    "images"},
        {.field = "allowed_hosts",
         .meaning = "more names by which requests may call this machine (header Host), separated by commas"},
        {.field = "anonymous_nodes",
         .meaning = "networks whose detectors need no login, as `10.0.0.0/8,fd00::/8`; `none`: every node needs one",
         .default_text = "`127.0.0.0/8,::1`; with a public URL or a proxy `none`"},
    };
}

/// What a prefix would hide.
constexpr std::string_view own_paths[] = {"/api",     "/login",        "/logout",       "/page.css",
                                          "/docs",    "/docs.css",     "/redoc",        "/health",
                                          "/metrics", "/openapi.json", "/debug_logging"};

ProgramDescription description()
{
    auto rows = http_settings();
    rows.push_back(data_folder_setting());
    for (auto& row : reach_settings()) rows.push_back(std::move(row));
    rows.push_back({.field = "admin_username",
                    .meaning = "name of the account that is made at the first start",
                    .variable = "LOOP_ADMIN_USERNAME"});
    rows.push_back({.field = "admin_password",
                    .meaning = "its password, 8 characters or more; without it one is drawn and printed",
                    .variable = "LOOP_ADMIN_PASSWORD"});
    rows.push_back(
        {.field = "min_free_disk_bytes",
         .meaning = "with less free space no image and no model is taken (507), so that the database can go on",
         .bytes = true});
    return {server_program, "The Learning Loop: keeps images, their boxes and models, and hands them out to nodes.",
            std::move(rows)};
}

ServerSettings defaults()
{
    ServerSettings settings;
    settings.port = 8000;
    return settings;
}

/// Of an IPv6 address.
std::string without_brackets(std::string_view name)
{
    bool const has_both = name.size() > 2 && name.front() == '[' && name.back() == ']';
    return std::string(has_both ? name.substr(1, name.size() - 2) : name);
}

std::vector<std::string> names_in(std::string_view list)
{
    std::vector<std::string> names;
    for (auto const part : parts_of(list, ',')) {
        auto const name = trimmed(part);
        if (!name.empty()) names.push_back(without_brackets(name));
    }
    return names;
}

Result<void> check_public_url(ServerSettings const& settings, SettingsReader const& reader)
{
    if (settings.public_url.empty()) return {};
    auto const url = http::parse_url(settings.public_url);
    auto const path = http::path_prefix_of(url);
    auto const shown = "'" + printable(settings.public_url) + "' ";
    if (!url || !http::is_plain_path(path))
        return reader.wrong("public_url", shown + "is no URL such as https://farm.example/loop/");
    auto const first = path.substr(0, path.find('/', 1));
    auto const& own = own_paths;
    if (std::find(std::begin(own), std::end(own), first) != std::end(own) || path.ends_with("/api"))
        return reader.wrong("public_url", shown + "has the path of a page of the Loop: choose another, as /loop/");
    return {};
}

Result<void> check_networks(ServerSettings const& settings, SettingsReader const& reader)
{
    auto const proxies = http::Networks::parse(settings.behind_proxy);
    if (!proxies) return reader.wrong("behind_proxy", proxies.error().message);
    if (settings.anonymous_nodes == nobody) return {};
    auto const nodes = http::Networks::parse(settings.anonymous_nodes);
    if (!nodes) return reader.wrong("anonymous_nodes", nodes.error().message + ", or `none`");
    return {};
}

Result<void> check_hosts(ServerSettings const& settings, SettingsReader const& reader)
{
    for (auto const& name : names_in(settings.allowed_hosts)) {
        auto const authority = http::parse_authority(name);
        bool const is_name = authority && !authority->port && authority->host == name;
        if (is_name || http::parse_address(name)) continue;
        return reader.wrong("allowed_hosts", "'" + printable(name) +
                                                 "' is no name or address: give it without scheme, "
                                                 "port and path");
    }
    return {};
}

/// Passwords must not cross a network in plain text unless the operator says so.
Result<void> check_reach(ServerSettings const& settings, SettingsReader const& reader)
{
    bool const is_protected = !settings.tls_cert.empty() || !settings.behind_proxy.empty();
    if (http::is_loopback(settings.host) || is_protected || settings.allow_plain_http) return {};
    return reader.wrong("host",
                        "'" + printable(settings.host) +
                            "' can be reached from other machines, and passwords would go there in plain text: give "
                            "--tls-cert and --tls-key, or --behind-proxy with the network of an https proxy, or "
                            "--allow-plain-http if you trust that network");
}

Result<void> check_admin(ServerSettings const& settings, SettingsReader const& reader)
{
    if (!is_name(settings.admin_username))
        return reader.wrong("admin_username", "may have letters, digits, '_', '-' and '.', at most 100");
    if (settings.admin_password.empty()) return {};
    if (auto const fit = check_new_password(settings.admin_password); !fit)
        return reader.wrong("admin_password", fit.error().message);
    return {};
}

Result<void> check_server_settings(ServerSettings& settings, SettingsReader const& reader)
{
    if (auto const checked = check_http_settings(settings, reader); !checked) return checked;
    if (settings.data_folder.empty())
        return reader.wrong("data_folder", "is required: name a folder, or set XDG_STATE_HOME or HOME");
    if (settings.anonymous_nodes.empty()) {
        // A proxy on this machine makes the whole internet look as if it were here.
        bool const has_proxy = !settings.public_url.empty() || !settings.behind_proxy.empty();
        settings.anonymous_nodes = has_proxy ? nobody : this_machine;
    }
    for (auto* const check_one : {check_public_url, check_networks, check_hosts, check_reach, check_admin}) {
        if (auto const checked = check_one(settings, reader); !checked) return checked;
    }
    return {};
}

} // namespace

Setting data_folder_setting()
{
    return {.field = "data_folder",
            .meaning = "where everything is kept; one process per folder",
            .default_text = "`/data` in a container that has it, `/var/lib/learning-loop` for a service, else "
                            "`$XDG_STATE_HOME/learning-loop/server`"};
}

std::filesystem::path default_server_folder(Environment const& environment)
{
    return default_data_folder("server", environment, "/var/lib/learning-loop");
}

Result<std::optional<ServerSettings>> read_server_settings(Invocation const& start)
{
    auto settings = defaults();
    settings.data_folder = default_server_folder(start.environment);
    return read_settings(description(), settings, start, check_server_settings);
}

http::ServerOptions loop_server_options(ServerSettings const& settings, std::filesystem::path const& data_folder)
{
    auto options = server_options(settings, data_folder);
    options.allowed_hosts = names_in(settings.allowed_hosts);
    options.public_url = http::parse_url(settings.public_url);
    options.proxies = http::Networks::parse(settings.behind_proxy).value();
    options.only_proxies = !settings.behind_proxy.empty() && settings.tls_cert.empty() && !settings.allow_plain_http;
    options.min_free_disk_bytes = settings.min_free_disk_bytes;
    options.requests = request_limits;
    return options;
}

http::Networks anonymous_nodes_of(ServerSettings const& settings)
{
    auto const& list = settings.anonymous_nodes;
    return list == nobody ? http::Networks() : http::Networks::parse(list).value();
}

std::string server_settings_section()
{
    return settings_section(description(), defaults());
}

} // namespace learning_loop
