#include "learning_loop/server/settings.h"

#include "support/invocation.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Variables = std::map<std::string, std::string>;

/// As in a container whose volume that is.
bool has_data_volume()
{
    namespace fs = std::filesystem;
    return (fs::exists("/.dockerenv") || fs::exists("/run/.containerenv")) && fs::is_directory("/data");
}

struct ServerSettingsTest : testing::Test {
    std::string said;
    int status = 0;

    Result<std::optional<ServerSettings>> read(std::vector<std::string> flags, Variables variables = {})
    {
        test::Started started{std::move(flags), std::move(variables), {}, {}};
        auto settings = started.read(server_program, read_server_settings);
        said = started.err.str();
        status = started.status;
        return settings;
    }

    ServerSettings given(std::vector<std::string> flags, Variables variables = {})
    {
        variables.emplace("HOME", "/home/a");
        auto settings = read(std::move(flags), std::move(variables));
        EXPECT_TRUE(settings) << said;
        return settings ? **settings : ServerSettings();
    }

    http::ServerOptions options(std::vector<std::string> flags)
    {
        return loop_server_options(given(std::move(flags)), "/data");
    }

    void expect_refused(std::vector<std::string> const& flags, Variables variables, std::string const& text)
    {
        variables.emplace("HOME", "/home/a");
        auto const settings = read(flags, variables);
        ASSERT_FALSE(settings) << text;
        EXPECT_EQ(status, 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
    }
};

TEST_F(ServerSettingsTest, have_defaults)
{
    auto const settings = given({});
    EXPECT_EQ(settings.host, "127.0.0.1");
    EXPECT_EQ(settings.port, 8000);
    if (!has_data_volume()) EXPECT_EQ(settings.data_folder, "/home/a/.local/state/learning-loop/server");
    else EXPECT_EQ(settings.data_folder, "/data");
    EXPECT_EQ(settings.admin_username, "admin");
    EXPECT_TRUE(settings.admin_password.empty());
}

TEST_F(ServerSettingsTest, of_a_service_have_its_state_folder)
{
    auto const folder = has_data_volume() ? "/data" : "/var/lib/learning-loop";
    EXPECT_EQ(given({}, {{"INVOCATION_ID", "1"}}).data_folder, folder);
}

TEST_F(ServerSettingsTest, are_read_from_flags_and_variables)
{
    auto const settings = given({"--port=0", "--tls-cert=c", "--tls-key=k"}, {{"DATA_FOLDER", "/state"},
                                                                              {"NODE_PORT", "1"},
                                                                              {"LOOP_ADMIN_USERNAME", "ann"},
                                                                              {"LOOP_ADMIN_PASSWORD", "the-tests-own"},
                                                                              {"MIN_FREE_DISK_BYTES", "1GiB"}});
    EXPECT_EQ(settings.port, 0);
    EXPECT_EQ(settings.data_folder, "/state");
    EXPECT_EQ(settings.tls_cert.string() + settings.tls_key.string(), "ck");
    EXPECT_EQ(settings.admin_username, "ann");
    EXPECT_EQ(settings.admin_password.reveal(), "the-tests-own");
    EXPECT_EQ(settings.min_free_disk_bytes, 1u << 30);
}

TEST_F(ServerSettingsTest, need_a_data_folder)
{
    EXPECT_FALSE(read({"--data-folder="}));
    EXPECT_NE(said.find("learning-loop server: --data-folder (DATA_FOLDER): is required: name a folder"),
              std::string::npos);
}

TEST_F(ServerSettingsTest, keep_passwords_off_the_network)
{
    for (auto const* host : {"0.0.0.0", "192.168.1.5", "::", "example.org"})
        expect_refused({"--host", host}, {},
                       "can be reached from other machines, and passwords would go there in plain");
    expect_refused({"--host", "0.0.0.0"}, {}, "--tls-cert and --tls-key, or --behind-proxy");
    EXPECT_EQ(given({"--host=0.0.0.0", "--tls-cert=c", "--tls-key=k"}).host, "0.0.0.0");
    EXPECT_EQ(given({"--host=0.0.0.0", "--behind-proxy=10.0.0.5"}).host, "0.0.0.0");
    EXPECT_EQ(given({"--host=0.0.0.0", "--allow-plain-http"}).host, "0.0.0.0");
}

TEST_F(ServerSettingsTest, in_plain_text_behind_a_proxy_serve_the_proxy_alone)
{
    EXPECT_TRUE(options({"--host=0.0.0.0", "--behind-proxy=10.0.0.5"}).only_proxies);
    EXPECT_FALSE(options({"--host=0.0.0.0", "--behind-proxy=10.0.0.5", "--allow-plain-http"}).only_proxies);
    EXPECT_FALSE(options({"--host=0.0.0.0", "--behind-proxy=10.0.0.5", "--tls-cert=c", "--tls-key=k"}).only_proxies);
    EXPECT_FALSE(options({}).only_proxies);
}

TEST_F(ServerSettingsTest, let_detectors_of_this_machine_in_unless_a_proxy_may_look_like_it)
{
    EXPECT_TRUE(anonymous_nodes_of(given({})).contains("127.0.0.1"));
    EXPECT_TRUE(anonymous_nodes_of(given({})).contains("::1"));
    EXPECT_FALSE(anonymous_nodes_of(given({})).contains("10.0.0.1"));
    EXPECT_TRUE(anonymous_nodes_of(given({"--public-url=https://farm.example"})).empty());
    EXPECT_TRUE(anonymous_nodes_of(given({"--behind-proxy=127.0.0.1"})).empty());
    EXPECT_TRUE(anonymous_nodes_of(given({"--anonymous-nodes=none"})).empty());
    auto const both = given({"--public-url=https://farm.example", "--anonymous-nodes=10.0.0.0/8"});
    EXPECT_TRUE(anonymous_nodes_of(both).contains("10.0.0.1"));
    EXPECT_FALSE(anonymous_nodes_of(both).contains("127.0.0.1"));
}

TEST_F(ServerSettingsTest, tell_the_server_its_names_and_where_it_is)
{
    auto const found =
        options({"--public-url=https://farm.example/loop/", "--allowed-hosts=backend, farm-pc,[fd00::1],10.0.0.1"});
    EXPECT_EQ(found.allowed_hosts, (std::vector<std::string>{"backend", "farm-pc", "fd00::1", "10.0.0.1"}));
    EXPECT_EQ(found.public_url->authority.host, "farm.example");
    EXPECT_EQ(http::path_prefix_of(found.public_url), "/loop");
    EXPECT_EQ(found.upload_folder, "/data/uploads");
}

TEST_F(ServerSettingsTest, refuse_wrong_values_and_name_them)
{
    std::vector<std::pair<Variables, std::string>> const table{
        {{{"PUBLIC_URL", "farm.example"}}, "--public-url (PUBLIC_URL): 'farm.example' is no URL such as"},
        {{{"PUBLIC_URL", "https://farm.example/?x"}}, "(PUBLIC_URL): 'https://farm.example/?x' is no URL"},
        {{{"PUBLIC_URL", "https://farm.example/api/"}}, "has the path of a page of the Loop"},
        {{{"PUBLIC_URL", "https://farm.example/login"}}, "has the path of a page"},
        {{{"PUBLIC_URL", "https://farm.example//loop"}}, "is no URL"},
        {{{"PUBLIC_URL", "https://farm.example/loop/api"}}, "has the path of a page"},
        {{{"BEHIND_PROXY", "nginx"}}, "--behind-proxy (BEHIND_PROXY): 'nginx' is no network"},
        {{{"ANONYMOUS_NODES", "all"}}, "--anonymous-nodes (ANONYMOUS_NODES): 'all' is no network"},
        {{{"ALLOWED_HOSTS", "http://backend"}}, "--allowed-hosts (ALLOWED_HOSTS): 'http://backend' is no name"},
        {{{"ALLOWED_HOSTS", "backend:80"}}, "'backend:80' is no name or address"},
        {{{"LOOP_ADMIN_USERNAME", "a b"}}, "(LOOP_ADMIN_USERNAME): may have letters"},
        {{{"LOOP_ADMIN_PASSWORD", "hunter2"}}, "LOOP_ADMIN_PASSWORD: is too short: take 8 characters or more"},
    };
    for (auto const& [variables, text] : table) {
        expect_refused({}, variables, text);
        EXPECT_EQ(said.find("hunter2"), std::string::npos);
    }
}

} // namespace
} // namespace learning_loop
