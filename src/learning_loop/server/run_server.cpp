#include "learning_loop/server/run_server.h"

#include "learning_loop/base/log.h"
#include "learning_loop/http/loopback.h"
#include "learning_loop/http/server/run_program.h"
#include "learning_loop/http/server/runner.h"
#include "learning_loop/infer/threads.h"
#include "learning_loop/server/loop_parts.h"
#include "learning_loop/server/settings.h"
#include "learning_loop/store/database.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <iostream>
#include <memory>

namespace learning_loop {
namespace {

LoopOptions loop_options(ServerSettings const& settings, std::filesystem::path const& folder)
{
    return {folder,
            anonymous_nodes_of(settings),
            {settings.admin_username, settings.admin_password},
            settings.min_free_disk_bytes};
}

/// On stdout, not in the log, which is kept and passed on.
void print_password(std::string const& username, Secret const& password)
{
    std::cout << "The account `" << username << "` was made, with the password\n\n    " << password.reveal()
              << "\n\nwhich is not shown again. `learning-loop user password " << username << "` sets a new one.\n"
              << std::flush;
}

/// An earlier program made the folder for all to read. Whoever may only write there has rights of their own.
void hide_from_others(std::filesystem::path const& folder)
{
    using std::filesystem::perms;
    std::error_code failure;
    auto const rights = std::filesystem::status(folder, failure).permissions();
    if (failure || (rights & perms::others_all) == perms::none) return;
    std::filesystem::permissions(folder, perms::others_all, std::filesystem::perm_options::remove, failure);
    if (failure) log::warn("{} can be read by all users of this machine: {}", folder.string(), failure.message());
}

void warn_of_reach(ServerSettings const& settings)
{
    bool const has_tls = !settings.tls_cert.empty();
    if (!http::is_loopback(settings.host) && !has_tls && settings.allow_plain_http) {
        log::warn(
            "served in plain text (--allow-plain-http): whoever is on the network between reads passwords, tokens "
            "and images");
    }
    if (!settings.public_url.empty() && settings.behind_proxy.empty() && !has_tls) {
        log::warn("--public-url without --behind-proxy: the addresses of clients are unknown, so nobody is told apart "
                  "when logins or requests are limited; name the proxy, and have it send X-Forwarded-For");
    }
}

} // namespace

int run_server(int argc, char const* const* argv)
{
    start_log();
    auto const read = read_server_settings({argc, argv});
    if (!read) return refuse_settings(server_program, read.error());
    if (!*read) return 0; // --help
    auto const& settings = **read;
    start_log(settings.log_level);
    auto const folder = std::filesystem::absolute(settings.data_folder);
    ::umask(0077); // images and hashes of passwords are nobody else's business
    rlimit const no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core); // passwords may be in memory
    keep_each_image_on_one_thread();
    auto const build = [&](Runner& runner) -> Result<std::unique_ptr<Parts>> {
        try {
            hide_from_others(folder);
            auto parts = std::make_unique<LoopParts>(runner, loop_options(settings, folder));
            if (auto const& password = parts->drawn_password()) print_password(settings.admin_username, *password);
            warn_of_reach(settings);
            return parts;
        } catch (store::NewerDatabase const& newer) {
            return Error{Errc::conflict, folder.string() + ": " + newer.what()};
        } catch (store::DatabaseFull const&) {
            return Error{Errc::out_of_space, "the disk that holds " + folder.string() + " is full: free some space"};
        }
    };
    return run_program({.name = server_program,
                        .options = loop_server_options(settings, folder),
                        .data_folder = folder,
                        .build = build,
                        .ready = [](Runner const& runner) { return "the Loop is ready at " + runner.url(); }});
}

} // namespace learning_loop
