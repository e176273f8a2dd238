#include "learning_loop/node/settings.h"

#include "support/node_settings_rows.h"

namespace learning_loop {
namespace {

using test::Variables;

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
        {"https://loop.example:8443//", "https://loop.example:8443"},
        {"https://farm.example/loop/", "https://farm.example/loop"}, // behind a proxy
        {"farm.example/a/b-c", "http://farm.example/a/b-c"}};
    for (auto const& [host, url] : table) EXPECT_EQ(loop_url_from(host).value(), url);
}

TEST(LoopUrl, is_refused_when_it_is_no_host)
{
    for (auto const* host : {"",
                             "/",
                             "http://",
                             "https:///",
                             "ftp://loop.example",
                             "loop.example?x",
                             "loop.example#x",
                             "loop.example/a?x",
                             "loop.example/a//b",
                             "loop.example/../a",
                             "loop.example/%61",
                             "loop.example/a b",
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
        EXPECT_TRUE(url.error().message.ends_with("is neither host[:port] nor an http(s) URL")) << host;
    }
}

TEST(LoopUrl, is_refused_with_the_path_that_a_node_adds)
{
    for (auto const* host : {"loop.example/api", "https://farm.example/loop/api/"})
        EXPECT_TRUE(loop_url_from(host).error().message.ends_with("leave /api off, the node adds it")) << host;
}

TEST(LoopUrl, is_refused_with_a_login_which_is_not_repeated)
{
    auto const url = loop_url_from("user:hunter2@loop.example");
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().message, "a login does not belong here: set LOOP_USERNAME and LOOP_PASSWORD");
}

/// The settings of a program that is a node and nothing else.
struct NodeSettingsTest : test::SettingsTest<NodeSettings> {
    Result<std::optional<NodeSettings>> read_settings_of(Invocation const& invocation) const override
    {
        NodeSettings settings;
        settings.name = "weeder";
        settings.data_folder = default_data_folder("weeder", invocation.environment);
        return read_settings({"weeder", "A node.", node_settings()}, settings, invocation, check_node_settings);
    }
};

struct EveryRowTest : NodeSettingsTest {};

TEST_F(EveryRowTest, of_a_node_is_read_from_each_source)
{
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    for (auto const& row : test::rows_of_every_node<NodeSettings>("0", a_file)) check(row);
}

TEST_F(EveryRowTest, of_the_login_is_read_from_each_source)
{
    for (auto const& variables : {Variables{{"LOOP_USERNAME", "u"}, {"LOOP_PASSWORD", "hunter2"}},
                                  Variables{{"USERNAME", "u"}, {"PASSWORD", "hunter2"}},
                                  Variables{{"SETTINGS_FILE", file(R"({"username": "u", "password": "hunter2"})")}}}) {
        auto const settings = read({}, variables);
        EXPECT_EQ(settings.username, "u") << variables.begin()->first;
        EXPECT_EQ(settings.password.reveal(), "hunter2") << variables.begin()->first;
    }
    EXPECT_EQ(read({"--username", "flag"}, {{"LOOP_USERNAME", "u"}}).username, "flag");
}

TEST_F(NodeSettingsTest, take_the_bare_login_only_whole)
{
    EXPECT_EQ(read({}, {{"USERNAME", "set by the shell"}}).username, "");
    auto const settings = read({}, {{"PASSWORD", "p"}, {"LOOP_USERNAME", "loop user"}});
    EXPECT_EQ(settings.username, "loop user");
    EXPECT_TRUE(settings.password.empty());
}

TEST_F(NodeSettingsTest, prefer_the_variable_to_its_alias_with_a_warning)
{
    auto const settings = read({}, {{"LOOP_HOST", "localhost:1"},
                                    {"HOST", "localhost:2"},
                                    {"LOOP_USERNAME", "u"},
                                    {"USERNAME", "u"},
                                    {"LOOP_PASSWORD", "hunter2"},
                                    {"PASSWORD", "hunter22"}});
    EXPECT_EQ(loop_url(settings), "http://localhost:1");
    EXPECT_EQ(settings.host, "127.0.0.1"); // HOST is the Loop's, not ours
    EXPECT_EQ(settings.password.reveal(), "hunter2");
    EXPECT_EQ(said, "weeder: warning: LOOP_HOST and HOST differ: LOOP_HOST is used\n"
                    "weeder: warning: LOOP_PASSWORD and PASSWORD differ: LOOP_PASSWORD is used\n");
}

TEST_F(NodeSettingsTest, take_1_and_true_in_any_case_for_true)
{
    for (auto const* yes : {"1", "true", "True", "TRUE"})
        EXPECT_TRUE(read({}, {{"OPEN_CONTROL", yes}}).open_control) << yes;
    for (auto const* no : {"0", "false", "False", ""})
        EXPECT_FALSE(read({}, {{"OPEN_CONTROL", no}}).open_control) << no;
}

TEST_F(NodeSettingsTest, leave_the_backdoor_out_unless_it_is_asked_for_on_this_machine)
{
    EXPECT_FALSE(read({}, {}).use_backdoor_controls);
    for (auto const* here : {"127.0.0.1", "::1", "localhost"})
        EXPECT_TRUE(read({"--host", here}, {{"USE_BACKDOOR_CONTROLS", "1"}}).use_backdoor_controls) << here;
    for (auto const* elsewhere : {"0.0.0.0", "::", "10.0.0.7", "robot.example"}) {
        expect_refused({"--host", elsewhere}, {{"USE_BACKDOOR_CONTROLS", "1"}},
                       "--use-backdoor-controls (USE_BACKDOOR_CONTROLS): is for tests on this machine: bind to");
    }
}

TEST_F(NodeSettingsTest, need_a_data_folder)
{
    expect_refused({"--data-folder="}, {}, "--data-folder (DATA_FOLDER): is required: name a folder");
}

TEST_F(NodeSettingsTest, never_send_a_password_or_token_over_plain_http_unasked)
{
    for (auto const& secret :
         {Variables{{"LOOP_USERNAME", "u"}, {"LOOP_PASSWORD", "hunter2"}}, Variables{{"LOOP_TOKEN", "hunter2"}}}) {
        expect_refused({"--loop-host", "loop.example"}, secret,
                       "--loop-host (LOOP_HOST): the password would go over plain http");
        EXPECT_EQ(loop_url(read({"--loop-host", "http://loop.example"}, secret)), "http://loop.example");
        EXPECT_EQ(loop_url(read({"--loop-host", "https://loop.example"}, secret)), "https://loop.example");
        for (auto const* here : {"localhost:8000", "127.0.0.1", "[::1]:8000"})
            EXPECT_EQ(loop_url(read({"--loop-host", here}, secret)), std::string("http://") + here);
    }
}

TEST_F(NodeSettingsTest, refuse_wrong_values_and_name_them)
{
    std::vector<std::pair<Variables, std::string>> const table{
        {{{"LOOP_HOST", "ftp://loop"}}, "--loop-host (LOOP_HOST): 'ftp://loop' is neither host[:port] nor"},
        {{{"HOST", "ftp://loop"}}, "HOST (better: LOOP_HOST): 'ftp://loop'"},
        {{{"LOOP_HOST", "https://u:hunter2@loop"}}, "--loop-host (LOOP_HOST): a login does not belong here"},
        {{{"LOOP_TOKEN", "hunter2 x"}}, "LOOP_TOKEN: may hold visible ASCII characters only"},
        {{{"NODE_TOKEN", "hunter2 x"}}, "NODE_TOKEN: may hold visible ASCII characters only"},
        {{{"LOOP_PASSWORD", "hunter2\n"}}, "LOOP_PASSWORD: is wrong: give plain text"},
        {{{"LOOP_SSL_CERT_PATH", "/missing.pem"}}, "--loop-ssl-cert-path (LOOP_SSL_CERT_PATH): '/missing.pem' cannot"},
        {{{"NODE_PORT", "65536"}}, "--port (NODE_PORT): '65536' is wrong: give a whole number from 0 to 65535"},
        {{{"OPEN_CONTROL", "perhaps"}}, "(OPEN_CONTROL): 'perhaps' is wrong: give true or false"},
        {{{"TLS_CERT", "cert.pem"}}, "--tls-key (TLS_KEY) is missing"},
    };
    for (auto const& [variables, text] : table) expect_refused({}, variables, text);
}

} // namespace
} // namespace learning_loop
