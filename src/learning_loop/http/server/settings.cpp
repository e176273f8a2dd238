#include "learning_loop/http/server/settings.h"

namespace learning_loop {

std::vector<Setting> http_settings()
{
    return {
        {.field = "host", .meaning = "interface to bind; 127.0.0.1: this machine only", .variable = "NODE_HOST"},
        {.field = "port", .meaning = "port to bind; 0: any that is free", .variable = "NODE_PORT"},
        {.field = "tls_cert", .meaning = "certificate (PEM, with its chain); with --tls-key: serve https, not http"},
        {.field = "tls_key", .meaning = "private key of the certificate (PEM)"},
        {.field = "log_level", .meaning = "how much is logged"},
        {.field = "access_log", .meaning = "log a line per request"},
    };
}

http::ServerOptions server_options(HttpSettings const& settings, std::filesystem::path const& data_folder)
{
    http::ServerOptions options;
    options.host = settings.host;
    options.port = settings.port;
    options.tls_certificate = settings.tls_cert.string();
    options.tls_key = settings.tls_key.string();
    options.access_log = settings.access_log;
    options.upload_folder = data_folder / "uploads";
    return options;
}

Result<void> check_http_settings(HttpSettings const& settings, SettingsReader const& reader)
{
    if (settings.host.empty()) return reader.wrong("host", "is required");
    if (settings.tls_cert.empty() && !settings.tls_key.empty())
        return reader.wrong("tls_key", "--tls-cert (TLS_CERT) is missing: give both or none");
    if (!settings.tls_cert.empty() && settings.tls_key.empty())
        return reader.wrong("tls_cert", "--tls-key (TLS_KEY) is missing: give both or none");
    return {};
}

} // namespace learning_loop
