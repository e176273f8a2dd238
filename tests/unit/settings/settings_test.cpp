#include "learning_loop/settings/settings.h"

#include "learning_loop/settings/settings_text.h"
#include "support/invocation.h"
#include "support/temp_folder.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

namespace learning_loop {
namespace {

enum class Colour { red, dark_green };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

struct Base {
    std::string name = "default";
    std::uint16_t port = 8004;
};
BOOST_DESCRIBE_STRUCT(Base, (), (name, port))

struct Everything : Base {
    std::filesystem::path data_folder = "/data";
    bool is_on = false;
    int cycles = 6;
    std::uint64_t max_bytes = 3ull << 30;
    double share = 0.3;
    std::optional<double> threshold;
    std::optional<std::uint64_t> max_images;
    std::chrono::duration<double> pause{1.5};
    Colour colour = Colour::red;
    std::string username;
    Secret password;
};
BOOST_DESCRIBE_STRUCT(Everything, (Base),
                      (data_folder, is_on, cycles, max_bytes, share, threshold, max_images, pause, colour, username,
                       password))

ProgramDescription program()
{
    return {"program",
            "Does things.",
            {{.field = "name", .meaning = "a name", .variable = "LOOP_NAME", .alias = "NAME", .required = true},
             {.field = "port", .meaning = "a port", .variable = "NODE_PORT"},
             {.field = "data_folder", .meaning = "a folder"},
             {.field = "is_on", .meaning = "a switch"},
             {.field = "cycles", .meaning = "a count", .min = 1},
             {.field = "max_bytes", .meaning = "a size", .bytes = true},
             {.field = "share", .meaning = "a share", .min = 0, .max = 1},
             {.field = "threshold", .meaning = "a share", .min = 0, .max = 1, .default_text = "the model's"},
             {.field = "max_images", .meaning = "a count", .min = 1},
             {.field = "pause", .meaning = "a time", .min = 0},
             {.field = "colour", .meaning = "a colour | shade"},
             {.field = "username", .meaning = "a login", .alias = "USER", .alias_group = "login"},
             {.field = "password", .meaning = "its password", .alias = "PASS", .alias_group = "login"}}};
}

Result<void> check(Everything& settings, SettingsReader const& reader)
{
    if (settings.cycles == 99) return reader.wrong("cycles", "is 99: take another");
    if (settings.password.reveal() == "short") return reader.wrong("password", "is too short: take a longer one");
    return {};
}

struct SettingsTest : testing::Test {
    test::TempFolder folder;
    std::string said;
    std::string printed;
    int status = 0;

    Result<std::optional<Everything>> start(std::vector<std::string> flags,
                                            std::map<std::string, std::string> variables = {})
    {
        test::Started started{std::move(flags), std::move(variables), {}, {}};
        auto read = started.read(program().name, [](Invocation const& invocation) {
            return read_settings(program(), Everything(), invocation, check);
        });
        said = started.err.str();
        printed = started.out.str();
        status = started.status;
        return read;
    }

    Everything read(std::vector<std::string> flags, std::map<std::string, std::string> variables = {})
    {
        auto const settings = start(std::move(flags), std::move(variables));
        if (settings && *settings) return **settings;
        ADD_FAILURE() << said;
        return {};
    }

    /// Exit status 2, in words that hold all of `texts`.
    void expect_refused(std::vector<std::string> const& flags, std::map<std::string, std::string> const& variables,
                        std::vector<std::string> const& texts)
    {
        auto const settings = start(flags, variables);
        ASSERT_FALSE(settings) << texts.front();
        EXPECT_EQ(status, 2);
        for (auto const& text : texts) EXPECT_NE(said.find(text), std::string::npos) << text << " is not in\n" << said;
    }

    std::string file(std::string const& json) const
    {
        test::put(folder / "settings.json", json);
        return (folder / "settings.json").string();
    }
};

TEST_F(SettingsTest, keep_the_defaults)
{
    auto const settings = read({});
    EXPECT_EQ(settings.name, "default");
    EXPECT_EQ(settings.port, 8004);
    EXPECT_EQ(settings.threshold, std::nullopt);
    EXPECT_EQ(said + printed, "");
}

void expect_another_value_everywhere(Everything const& settings)
{
    EXPECT_EQ(settings.name, "[n]");
    EXPECT_EQ(settings.port, 0);
    EXPECT_EQ(settings.data_folder, "/a b");
    EXPECT_TRUE(settings.is_on);
    EXPECT_EQ(settings.cycles, 1);
    EXPECT_EQ(settings.max_bytes, 512u << 20);
    EXPECT_EQ(settings.share, 0);
    EXPECT_EQ(settings.threshold, 1);
    EXPECT_EQ(settings.max_images, 99'999'999'999u);
    EXPECT_EQ(settings.pause.count(), 0.25);
    EXPECT_EQ(settings.colour, Colour::dark_green);
    EXPECT_EQ(settings.username, "u");
}

TEST_F(SettingsTest, read_every_type_from_flags)
{
    expect_another_value_everywhere(read({"--name",
                                          "[n]",
                                          "--port=0",
                                          "--data-folder",
                                          "/a b",
                                          "--is-on",
                                          "TRUE",
                                          "--cycles",
                                          "1",
                                          "--max-bytes=512MiB",
                                          "--share",
                                          "0",
                                          "--threshold=1.0",
                                          "--max-images=99999999999",
                                          "--pause",
                                          "0.25",
                                          "--colour",
                                          "Dark_Green",
                                          "--username",
                                          "u"}));
}

TEST_F(SettingsTest, read_every_type_from_variables)
{
    expect_another_value_everywhere(read({}, {{"LOOP_NAME", "[n]"},
                                              {"NODE_PORT", "0"},
                                              {"DATA_FOLDER", "/a b"},
                                              {"IS_ON", "1"},
                                              {"CYCLES", "1"},
                                              {"MAX_BYTES", "536870912"},
                                              {"SHARE", "0"},
                                              {"THRESHOLD", "1"},
                                              {"MAX_IMAGES", "99999999999"},
                                              {"PAUSE", "0.25"},
                                              {"COLOUR", "dark_green"},
                                              {"USERNAME", "u"}}));
}

TEST_F(SettingsTest, read_every_type_from_a_file)
{
    expect_another_value_everywhere(read({"--settings-file", file(R"({
        "name": "[n]", // of the node
        "port": 0, "data_folder": "/a b", "is_on": true, "cycles": 1, "max_bytes": "512MiB", "share": 0,
        "threshold": 1.0, "max_images": 99999999999, "pause": 0.25, "colour": "dark_green", "username": "u",
    })")}));
    EXPECT_EQ(read({}, {{"SETTINGS_FILE", file(R"({"password": "p", "port": null})")}}).password.reveal(), "p");
}

TEST_F(SettingsTest, take_the_strongest_source)
{
    std::map<std::string, std::string> variables{{"LOOP_NAME", "variable"}, {"NAME", "variable"}, {"CYCLES", "3"}};
    variables["SETTINGS_FILE"] = file(R"({"name": "file", "cycles": 2, "port": 1})");
    EXPECT_EQ(read({"--name", "flag"}, variables).name, "flag");
    EXPECT_EQ(read({}, variables).name, "variable");
    variables["LOOP_NAME"] = "";
    variables["NAME"] = "alias";
    EXPECT_EQ(read({}, variables).name, "alias");
    variables["NAME"] = "";
    EXPECT_EQ(read({}, variables).name, "file");
    EXPECT_EQ(read({}, variables).cycles, 3);
    EXPECT_EQ(read({}, variables).port, 1);
}

TEST_F(SettingsTest, take_an_empty_variable_for_unset)
{
    auto const settings = read({}, {{"NODE_PORT", ""}, {"LOOP_NAME", ""}, {"IS_ON", ""}, {"SETTINGS_FILE", ""}});
    EXPECT_EQ(settings.port, 8004);
    EXPECT_EQ(settings.name, "default");
}

TEST_F(SettingsTest, take_a_switch_that_stands_alone_for_true)
{
    EXPECT_TRUE(read({"--is-on"}).is_on);
    EXPECT_TRUE(read({"--is-on", "--port", "1"}).is_on);
    EXPECT_FALSE(read({"--is-on=false"}, {{"IS_ON", "1"}}).is_on);
    EXPECT_FALSE(read({"--is-on", "0"}, {{"IS_ON", "1"}}).is_on);
}

TEST_F(SettingsTest, read_a_truth_in_any_case)
{
    for (auto const* yes : {"true", "True", "TRUE", "1"}) EXPECT_TRUE(read({}, {{"IS_ON", yes}}).is_on) << yes;
    for (auto const* no : {"false", "False", "FALSE", "0"})
        EXPECT_FALSE(read({"--is-on", no}, {{"IS_ON", "1"}}).is_on) << no;
}

TEST_F(SettingsTest, let_an_empty_text_unset_what_is_optional)
{
    auto const name = file(R"({"threshold": 0.5})");
    EXPECT_EQ(read({"--threshold=", "--settings-file", name}).threshold, std::nullopt);
    EXPECT_EQ(read({"--settings-file", name}).threshold, 0.5);
}

TEST_F(SettingsTest, warn_of_an_alias_that_differs_without_its_value)
{
    EXPECT_EQ(read({}, {{"LOOP_NAME", "left"}, {"NAME", "right"}}).name, "left");
    EXPECT_EQ(said, "program: warning: LOOP_NAME and NAME differ: LOOP_NAME is used\n");
    read({}, {{"LOOP_NAME", "same"}, {"NAME", "same"}});
    EXPECT_EQ(said, "");
}

TEST_F(SettingsTest, warn_of_a_password_that_differs_without_its_value)
{
    auto const settings =
        read({}, {{"USERNAME", "u"}, {"USER", "u"}, {"PASSWORD", "left secret"}, {"PASS", "right secret"}});
    EXPECT_EQ(settings.password.reveal(), "left secret");
    EXPECT_EQ(said, "program: warning: PASSWORD and PASS differ: PASSWORD is used\n");
}

TEST_F(SettingsTest, take_aliases_of_a_group_only_whole_and_never_mixed)
{
    EXPECT_EQ(read({}, {{"USER", "u"}, {"PASS", "p"}}).username, "u");
    EXPECT_EQ(read({}, {{"USER", "u"}, {"PASS", "p"}}).password.reveal(), "p");
    EXPECT_EQ(read({}, {{"USER", "set by the shell"}}).username, "");
    EXPECT_EQ(read({}, {{"PASS", "p"}}).password.reveal(), "");
    EXPECT_EQ(read({}, {{"USERNAME", "loop"}, {"USER", "u"}, {"PASS", "p"}}).password.reveal(), "");
    EXPECT_EQ(read({"--username", "loop"}, {{"USER", "u"}, {"PASS", "p"}}).password.reveal(), "");
}

TEST_F(SettingsTest, name_flag_and_variable_of_a_wrong_value_and_the_remedy)
{
    for (auto const* wrong : {"abc", "70000", "-1", "80x", " 80", "1e3", "8.0"}) {
        for (bool const is_flag : {true, false}) {
            auto const text = std::string("program: --port (NODE_PORT): '") + wrong +
                              "' is wrong: give a whole number from 0 to 65535\n";
            if (is_flag) expect_refused({"--port", wrong}, {}, {text, "`program --help`"});
            else expect_refused({}, {{"NODE_PORT", wrong}}, {text});
        }
    }
    expect_refused({}, {{"NAME", "\x01"}}, {"NAME (better: LOOP_NAME): '?' is wrong"});
}

TEST_F(SettingsTest, refuse_what_is_out_of_range_or_another_type)
{
    std::vector<std::pair<std::string, std::string>> const table{{"--cycles=0", "1 or more"},
                                                                 {"--cycles=4000000000", "1 or more"},
                                                                 {"--cycles=", "whole number"},
                                                                 {"--share=-0.1", "from 0 to 1"},
                                                                 {"--share=nan", "from 0 to 1"},
                                                                 {"--share=1.01", "from 0 to 1"},
                                                                 {"--share=inf", "from 0 to 1"},
                                                                 {"--share=0,5", "from 0 to 1"},
                                                                 {"--threshold=nan", "from 0 to 1"},
                                                                 {"--max-images=0", "1 or more"},
                                                                 {"--max-images=-1", "1 or more"},
                                                                 {"--pause=inf", "seconds"},
                                                                 {"--pause=-1", "0 or more"},
                                                                 {"--max-bytes=-5", "512MiB"},
                                                                 {"--max-bytes=1e9", "512MiB"},
                                                                 {"--max-bytes=5 MiB", "512MiB"},
                                                                 {"--max-bytes=99999999TiB", "bytes"},
                                                                 {"--max-bytes=", "bytes"},
                                                                 {"--is-on=maybe", "true or false"},
                                                                 {"--is-on=", "true or false"},
                                                                 {"--colour=blue", "red, dark_green"},
                                                                 {"--colour=", "red, dark_green"},
                                                                 {"--name=\xff", "text"},
                                                                 {"--name=a\nb", "text"},
                                                                 {"--name=", "is required"}};
    for (auto const& [flag, text] : table) expect_refused({flag}, {}, {flag.substr(0, flag.find('=')) + " (", text});
}

TEST_F(SettingsTest, refuse_unknown_flags_without_repeating_what_may_be_a_secret)
{
    for (auto const& words : std::vector<std::vector<std::string>>{{"--colur", "hunter2"},
                                                                   {"--colur=hunter2"},
                                                                   {"hunter2", "--colur"},
                                                                   {"--port", "1", "--colur", "hunter2"}}) {
        expect_refused(words, {}, {"--colur: is no flag of this program", "--help"});
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }
    expect_refused({"--password", "hunter2"}, {}, {"--password: a secret has no flag", "set PASSWORD"});
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    expect_refused({"-phunter2"}, {}, {"-p: is no flag"});
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    expect_refused({"hunter2"}, {}, {"neither a flag nor the value of one"});
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
}

TEST_F(SettingsTest, refuse_a_flag_without_its_value_and_one_given_twice)
{
    expect_refused({"--port"}, {}, {"--port (NODE_PORT): give it once, with one value: a whole number from 0 to"});
    expect_refused({"--port", "1", "--port", "2"}, {}, {"--port (NODE_PORT): give it once, with one value"});
}

TEST_F(SettingsTest, name_file_and_key_of_what_is_wrong_in_a_file)
{
    std::vector<std::pair<std::string, std::string>> const table{
        {R"({"colur": "hunter2"})", "settings.json: colur: is no setting of this program"},
        {R"({"settings_file": "other.json"})", "settings.json: settings_file: is no setting"},
        {R"({"port": 70000})", "settings.json: port: '70000' is wrong: give a whole number from 0 to 65535"},
        {R"({"port": {"a": 1}})", "settings.json: port: give a whole number from 0 to 65535"},
        {R"({"port": true})", "settings.json: port: 'true' is wrong"},
        {R"({"name": 1.10})", "settings.json: name: give plain text, in quotes"},
        {R"({"name": "a\u0000b"})", "settings.json: name: "},
        {R"({"name": ""})", "settings.json: name: is required"},
        {R"({"password": ["hunter2"]})", "settings.json: password: give "},
        {R"({"cycles": 99})", "settings.json: cycles: is 99: take another"},
        {"[1]", "settings.json is not a JSON object"},
        {"", "settings.json line 1: is not valid JSON"},
        {"{\n\"port\": 1,\n\"name\" \"hunter2\"}", "settings.json line 3: is not valid JSON"},
        {"{\"port\": 1} hunter2", "settings.json line 1: is not valid JSON"}};
    for (auto const& [json, text] : table) {
        expect_refused({"--settings-file", file(json)}, {}, {text});
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }
}

TEST_F(SettingsTest, refuse_a_settings_file_that_is_not_there)
{
    auto const missing = (folder / "missing.json").string();
    expect_refused({}, {{"SETTINGS_FILE", missing}},
                   {"--settings-file (SETTINGS_FILE): " + missing + " cannot be read"});
    expect_refused({"--settings-file", folder.path().string()}, {}, {"cannot be read", "name a JSON file"});
}

TEST_F(SettingsTest, name_a_secret_by_its_variable_and_never_its_value)
{
    expect_refused({}, {{"PASSWORD", "hunter2\n"}}, {"program: PASSWORD: is wrong"});
    EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    expect_refused({}, {{"PASSWORD", "short"}}, {"program: PASSWORD: is too short"});
}

TEST_F(SettingsTest, explain_themselves)
{
    auto const read = start({"--help"}, {{"PASSWORD", "hunter2"}, {"NODE_PORT", "wrong"}});
    EXPECT_FALSE(read.value());
    for (auto const* text : {"Does things.", "--port (NODE_PORT)", "a port; a whole number from 0 to 65535 [8004]",
                             "--name (LOOP_NAME, NAME)", "[the model's]", "[3GiB]", "red, dark_green",
                             "--settings-file", "PASSWORD, PASS: its password"}) {
        EXPECT_NE(printed.find(text), std::string::npos) << text << " is not in\n" << printed;
    }
    EXPECT_EQ(printed.find("--password"), std::string::npos);
    EXPECT_EQ(printed.find("hunter2"), std::string::npos);
}

TEST_F(SettingsTest, are_documented_from_the_same_rows)
{
    auto const section = settings_section(program(), Everything());
    for (auto const* row : {"## program\n\nDoes things.\n", "| `--name` | LOOP_NAME (NAME) | a name | plain text",
                            "| `--port` | NODE_PORT | a port | a whole number from 0 to 65535 | `8004` |",
                            "| the model's |", "| – (`password`) | PASSWORD (PASS) |", "a colour \\| shade"}) {
        EXPECT_NE(section.find(row), std::string::npos) << row << " is not in\n" << section;
    }
}

TEST(SettingRows, belong_to_one_field_each)
{
    Base settings;
    Setting const name{.field = "name", .meaning = ""};
    Setting const port{.field = "port", .meaning = ""};
    Setting const typo{.field = "prot", .meaning = ""};
    EXPECT_EQ(setting_fields({port, name}, settings).front().setting.field, "port");
    EXPECT_THROW(setting_fields({name}, settings), std::logic_error);
    EXPECT_THROW(setting_fields({name, typo}, settings), std::logic_error);
    EXPECT_THROW(setting_fields({name, port, port}, settings), std::logic_error);
}

} // namespace
} // namespace learning_loop
