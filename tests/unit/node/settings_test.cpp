#include "learning_loop/node/settings.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <sstream>
#include <vector>

namespace learning_loop {
namespace {

TEST(LoopUrl, is_made_from_a_host)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {"learning-loop.ai", "https://learning-loop.ai"},
        {"preview.learning-loop.ai", "https://preview.learning-loop.ai"},
        {"localhost:8000", "http://localhost:8000"},
        {"10.0.0.7", "http://10.0.0.7"},
        {"[::1]:8000", "http://[::1]:8000"},
        {"http://learning-loop.ai", "http://learning-loop.ai"},
        {"https://loop.example/", "https://loop.example"},
        {"https://loop.example:8443//", "https://loop.example:8443"}};
    for (auto const& [host, url] : table) EXPECT_EQ(loop_url_from(host).value(), url);
}

TEST(LoopUrl, is_refused_when_it_is_no_host)
{
    for (auto const* host : {"",
                             "/",
                             "http://",
                             "https:///",
                             "ftp://loop.example",
                             "loop.example/api",
                             "user:secret@loop.example",
                             "loop.example?x",
                             "loop.example#x",
                             "loop example",
                             "loop\n.example",
                             "l\xc3\xb6\xc3\xb6p",
                             "a\\b",
                             "loop.example:http",
                             "loop.example:",
                             "loop.example:65536",
                             "loop.example:0",
                             ":8000",
                             "[::1",
                             "[::1]8000"}) {
        auto const url = loop_url_from(host);
        ASSERT_FALSE(url) << host;
        EXPECT_TRUE(url.error().message.starts_with("--loop-host (LOOP_HOST): ")) << url.error().message;
    }
}

constexpr auto* variables =
    "LOOP_HOST HOST LOOP_ORGANIZATION ORGANIZATION LOOP_PROJECT PROJECT LOOP_TOKEN LOOP_USERNAME USERNAME "
    "LOOP_PASSWORD PASSWORD LOOP_SSL_CERT_PATH NODE_HOST NODE_PORT NODE_NAME NODE_VERSION DATA_FOLDER STREAMS "
    "CONF_THRESHOLD IOU_THRESHOLD SYNC_CYCLES VERSION_CONTROL_DEFAULT MIN_UNCERTAIN_THRESHOLD "
    "MAX_UNCERTAIN_THRESHOLD OUTBOX_MAX_BYTES MAX_OUTBOX_SIZE";

struct DetectorSettingsTest : testing::Test {
    std::string said;

    DetectorSettingsTest() { clear(); }
    ~DetectorSettingsTest() override { clear(); }
    static void clear()
    {
        std::istringstream names(variables);
        for (std::string name; names >> name;) ::unsetenv(name.c_str());
    }
    static void set(std::vector<std::pair<char const*, char const*>> const& values)
    {
        for (auto const& [variable, value] : values) ::setenv(variable, value, 1);
    }

    std::variant<DetectorSettings, int> read_all(std::vector<char const*> arguments)
    {
        arguments.insert(arguments.begin(), "weeder");
        testing::internal::CaptureStderr();
        auto read = read_detector_settings("weeder", static_cast<int>(arguments.size()), arguments.data());
        said = testing::internal::GetCapturedStderr();
        return read;
    }

    DetectorSettings read(std::vector<char const*> arguments = {})
    {
        auto const settings = read_all(std::move(arguments));
        if (auto const* good = std::get_if<DetectorSettings>(&settings)) return *good;
        ADD_FAILURE() << said;
        return {};
    }

    /// Refused with the exit status 2, in words that hold `text`.
    void expect_refused(std::vector<char const*> arguments, std::string const& text)
    {
        auto const settings = read_all(std::move(arguments));
        ASSERT_EQ(settings.index(), 1u) << text;
        EXPECT_EQ(std::get<int>(settings), 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
    }
};

TEST_F(DetectorSettingsTest, have_defaults_for_all_but_the_project)
{
    auto const settings = read({"--organization", "zauberzeug", "--project", "demo"});
    EXPECT_EQ(settings.name, "weeder");
    EXPECT_EQ(settings.host, "127.0.0.1");
    EXPECT_EQ(settings.port, 8004);
    EXPECT_EQ(settings.loop_url, "https://learning-loop.ai");
    EXPECT_EQ(settings.min_uncertain_threshold, 0.3);
    EXPECT_EQ(settings.max_uncertain_threshold, 0.6);
    EXPECT_EQ(settings.version_control, VersionControl::follow_loop);
    EXPECT_EQ(settings.node_version, std::nullopt);
}

TEST_F(DetectorSettingsTest, need_a_project)
{
    expect_refused({"--project", "demo"}, "--organization (LOOP_ORGANIZATION): is required");
    expect_refused({"--organization", "zauberzeug"}, "--project (LOOP_PROJECT): is required");
    expect_refused({"--organization", "a/b", "--project", "demo"}, "--organization (LOOP_ORGANIZATION): letters");
    expect_refused({"--organization", "zauberzeug", "--project", ".."}, "--project (LOOP_PROJECT): letters");
}

TEST_F(DetectorSettingsTest, write_ids_in_lower_case)
{
    auto const settings = read({"--organization", "Zauberzeug", "--project", "Demo"});
    EXPECT_EQ(settings.organization, "zauberzeug");
    EXPECT_EQ(settings.project, "demo");
}

TEST_F(DetectorSettingsTest, read_the_aliases)
{
    set({{"HOST", "localhost:8000"},
         {"ORGANIZATION", "zauberzeug"},
         {"PROJECT", "demo"},
         {"USERNAME", "u"},
         {"PASSWORD", "p"}});
    auto const settings = read();
    EXPECT_EQ(settings.loop_url, "http://localhost:8000");
    EXPECT_EQ(settings.organization, "zauberzeug");
    EXPECT_EQ(settings.project, "demo");
    EXPECT_EQ(settings.username, "u");
    EXPECT_EQ(settings.password, "p");
    EXPECT_EQ(settings.host, "127.0.0.1"); // HOST is the Loop's, not ours
}

TEST_F(DetectorSettingsTest, prefer_the_variable_to_its_alias)
{
    set({{"LOOP_HOST", "localhost:1"},
         {"HOST", "localhost:2"},
         {"LOOP_ORGANIZATION", "a"},
         {"ORGANIZATION", "b"},
         {"PROJECT", "demo"}});
    auto const settings = read();
    EXPECT_EQ(settings.loop_url, "http://localhost:1");
    EXPECT_EQ(settings.organization, "a");
}

TEST_F(DetectorSettingsTest, take_the_bare_login_only_whole)
{
    set({{"ORGANIZATION", "zauberzeug"}, {"PROJECT", "demo"}, {"USERNAME", "set by the shell"}});
    EXPECT_EQ(read().username, "");
    set({{"PASSWORD", "p"}, {"LOOP_USERNAME", "loop user"}});
    EXPECT_EQ(read().username, "loop user");
    EXPECT_EQ(read().password, "");
}

TEST_F(DetectorSettingsTest, never_send_a_password_over_plain_http_unasked)
{
    set({{"ORGANIZATION", "zauberzeug"}, {"PROJECT", "demo"}, {"LOOP_USERNAME", "u"}, {"LOOP_PASSWORD", "secret"}});
    expect_refused({"--loop-host", "loop.example"}, "--loop-host (LOOP_HOST): the password would go over plain http");
    EXPECT_EQ(said.find("secret"), std::string::npos);
    EXPECT_EQ(read({"--loop-host", "http://loop.example"}).loop_url, "http://loop.example");
    EXPECT_EQ(read({"--loop-host", "https://loop.example"}).loop_url, "https://loop.example");
    for (auto const* here : {"localhost:8000", "127.0.0.1", "[::1]:8000"})
        EXPECT_EQ(read({"--loop-host", here}).password, "secret") << here;
}

TEST_F(DetectorSettingsTest, never_send_a_token_over_plain_http_unasked)
{
    set({{"ORGANIZATION", "zauberzeug"}, {"PROJECT", "demo"}, {"LOOP_TOKEN", "secret"}});
    expect_refused({"--loop-host", "loop.example"}, "plain http");
    EXPECT_EQ(read({"--loop-host", "localhost"}).token, "secret");
}

TEST_F(DetectorSettingsTest, refuse_a_band_upside_down)
{
    expect_refused({"--organization", "a", "--project", "b", "--min-uncertain-threshold", "0.7"},
                   "(MIN_UNCERTAIN_THRESHOLD): is above");
}

TEST_F(DetectorSettingsTest, read_pause_in_any_case)
{
    set({{"ORGANIZATION", "zauberzeug"}, {"PROJECT", "demo"}, {"VERSION_CONTROL_DEFAULT", "PAUSE"}});
    EXPECT_EQ(read().version_control, VersionControl::pause);
    EXPECT_EQ(read({"--version-control-default", "whatever"}).version_control, VersionControl::follow_loop);
}

TEST_F(DetectorSettingsTest, read_every_flag)
{
    auto const settings =
        read({"--organization=o", "--project=p", "--host=0.0.0.0", "--port=80", "--data-folder=/data", "--name=n",
              "--loop-host=localhost", "--loop-ssl-cert-path=/ca.pem", "--min-uncertain-threshold=0.1",
              "--max-uncertain-threshold=0.9", "--outbox-max-bytes=1000", "--max-outbox-size=7", "--node-version=2",
              "--sync-cycles=3", "--streams=4", "--conf-threshold=0.5", "--iou-threshold=0.4"});
    EXPECT_EQ(settings.host + settings.data_folder + settings.name + settings.ca_file, "0.0.0.0/datan/ca.pem");
    EXPECT_EQ(settings.port, 80);
    EXPECT_EQ(settings.min_uncertain_threshold + settings.max_uncertain_threshold, 1.0);
    EXPECT_EQ(settings.outbox_max_bytes + settings.max_outbox_size, 1007u);
    EXPECT_EQ(settings.node_version, "2");
    EXPECT_EQ(settings.sync_cycles * settings.streams, 12);
    EXPECT_EQ(settings.conf_threshold, 0.5);
    EXPECT_EQ(settings.iou_threshold, 0.4);
}

} // namespace
} // namespace learning_loop
