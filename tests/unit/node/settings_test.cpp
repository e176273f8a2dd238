#include "learning_loop/node/settings.h"

#include "learning_loop/settings/state_folder.h"
#include "learning_loop/detector/detector_settings.h"
#include "learning_loop/node/trainer_settings.h"
#include "support/invocation.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <functional>

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
    for (auto const* host :
         {"", "/", "http://", "https:///", "ftp://loop.example", "loop.example/api", "loop.example?x", "loop.example#x",
          "loop example", "loop\n.example", "l\xc3\xb6\xc3\xb6p", "a\\b", "loop.example:http",
          "loop.example:", "loop.example:65536", "loop.example:0", ":8000", "[::1", "[::1]8000"}) {
        auto const url = loop_url_from(host);
        ASSERT_FALSE(url) << host;
        EXPECT_TRUE(url.error().message.ends_with("is neither host[:port] nor an http(s) URL without a path")) << host;
    }
}

TEST(LoopUrl, is_refused_with_a_login_which_is_not_repeated)
{
    auto const url = loop_url_from("user:hunter2@loop.example");
    ASSERT_FALSE(url);
    EXPECT_EQ(url.error().message, "a login does not belong here: set LOOP_USERNAME and LOOP_PASSWORD");
}

using Variables = std::map<std::string, std::string>;

/// What both kinds of node are read with: a home for the data folder, and what a detector needs besides.
struct NodeSettingsTest : testing::Test {
    test::TempFolder folder;
    std::string said;
    std::string printed;

    template <class Settings>
    std::variant<Settings, int> start(std::vector<std::string> flags, Variables variables)
    {
        variables.emplace("HOME", "/home/a");
        test::Started started{std::move(flags), std::move(variables), {}, {}};
        auto settings = started.read([](Invocation const& invocation) {
            if constexpr (std::is_same_v<Settings, DetectorSettings>)
                return read_detector_settings("weeder", invocation);
            else return read_trainer_settings("weeder", invocation);
        });
        said = started.err.str();
        printed = started.out.str();
        return settings;
    }

    template <class Settings>
    Settings read(std::vector<std::string> flags, Variables variables = {})
    {
        if constexpr (std::is_same_v<Settings, DetectorSettings>) {
            variables.emplace("LOOP_ORGANIZATION", "zauberzeug");
            variables.emplace("LOOP_PROJECT", "demo");
        }
        auto const settings = start<Settings>(std::move(flags), std::move(variables));
        if (auto const* good = std::get_if<Settings>(&settings)) return *good;
        ADD_FAILURE() << said;
        return {};
    }

    DetectorSettings detector(std::vector<std::string> flags, Variables variables = {})
    {
        return read<DetectorSettings>(std::move(flags), std::move(variables));
    }

    TrainerSettings trainer(std::vector<std::string> flags, Variables variables = {})
    {
        return read<TrainerSettings>(std::move(flags), std::move(variables));
    }

    /// Refused with the exit status 2, in words that hold `text`.
    template <class Settings>
    void expect_refused(std::vector<std::string> flags, Variables variables, std::string const& text)
    {
        auto const settings = start<Settings>(std::move(flags), std::move(variables));
        ASSERT_EQ(settings.index(), 1u) << text;
        EXPECT_EQ(std::get<int>(settings), 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
        EXPECT_EQ(said.find("hunter2"), std::string::npos) << said;
    }

    std::string file(std::string const& json) const
    {
        test::put(folder / "settings.json", json);
        return (folder / "settings.json").string();
    }
};

template <class T>
std::string text_of(T const& value)
{
    if constexpr (std::is_same_v<T, Secret>) return value.reveal();
    else if constexpr (std::is_same_v<T, std::filesystem::path>) return value.string();
    else if constexpr (std::is_same_v<T, std::chrono::duration<double>>) return fmt::format("{}", value.count());
    else if constexpr (std::is_enum_v<T>) return boost::describe::enum_to_string(value, "?");
    else return fmt::format("{}", value);
}
template <class T>
std::string text_of(std::optional<T> const& value)
{
    return value ? text_of(*value) : "absent";
}

/// A row of the protocol's table of variables.
template <class Settings>
struct Row {
    std::string variable;
    std::string alias;
    std::string key;     ///< In the settings file; the flag is the same with dashes.
    std::string initial; ///< The default.
    std::string given;   ///< Another value.
    std::function<std::string(Settings const&)> found;
    bool is_secret = false;

    std::string flag() const { return flag_of(key) + "=" + given; }
    std::string json() const
    {
        bool const is_bare = given == "true" || given.find_first_not_of("0123456789.") == std::string::npos;
        return "{\"" + key + "\": " + (is_bare ? given : "\"" + given + "\"") + "}";
    }
};

template <class Settings, class Class, class Field>
Row<Settings> row(std::string variable, std::string alias, std::string key, std::string initial, std::string given,
                  Field Class::*field)
{
    auto const found = [field](Settings const& settings) { return text_of(settings.*field); };
    return {std::move(variable),          std::move(alias), std::move(key), std::move(initial), std::move(given), found,
            std::is_same_v<Field, Secret>};
}

template <class T>
std::vector<Row<T>> rows_of_every_node(std::string const& port, std::string const& a_file)
{
    auto const home = [](std::string const& variable) { return std::string(variable == "HOME" ? "/home/a" : ""); };
    return {
        row<T>("LOOP_HOST", "HOST", "loop_host", "learning-loop.ai", "http://loop:1", &T::loop_host),
        row<T>("LOOP_TOKEN", "", "loop_token", "", "hunter2", &T::loop_token),
        row<T>("LOOP_SSL_CERT_PATH", "", "loop_ssl_cert_path", "", a_file, &T::loop_ssl_cert_path),
        row<T>("DATA_FOLDER", "", "data_folder", default_data_folder("weeder", home), "/state", &T::data_folder),
        row<T>("NODE_HOST", "", "host", "127.0.0.1", "localhost", &T::host),
        row<T>("NODE_PORT", "", "port", port, "81", &T::port),
        row<T>("NODE_NAME", "", "name", "weeder", "n", &T::name),
        row<T>("NODE_TOKEN", "", "node_token", "", "hunter2", &T::node_token),
        row<T>("OPEN_CONTROL", "", "open_control", "false", "true", &T::open_control),
        row<T>("USE_BACKDOOR_CONTROLS", "", "use_backdoor_controls", "false", "true", &T::use_backdoor_controls),
        row<T>("SKIP_REPEAT_ON_START", "", "skip_repeat_on_start", "false", "true", &T::skip_repeat_on_start),
    };
}

std::vector<Row<DetectorSettings>> detector_rows(std::string const& a_file)
{
    using T = DetectorSettings;
    auto rows = rows_of_every_node<T>("8004", a_file);
    rows.insert(
        rows.end(),
        {
            row<T>("LOOP_ORGANIZATION", "ORGANIZATION", "organization", "zauberzeug", "o", &T::organization),
            row<T>("LOOP_PROJECT", "PROJECT", "project", "demo", "p", &T::project),
            row<T>("MIN_UNCERTAIN_THRESHOLD", "", "min_uncertain_threshold", "0.3", "0.1", &T::min_uncertain_threshold),
            row<T>("MAX_UNCERTAIN_THRESHOLD", "", "max_uncertain_threshold", "0.6", "0.9", &T::max_uncertain_threshold),
            row<T>("MAX_OUTBOX_SIZE", "", "max_outbox_size", "absent", "1", &T::max_outbox_size),
            row<T>("OUTBOX_MAX_BYTES", "", "outbox_max_bytes", "10737418240", "1000", &T::outbox_max_bytes),
            row<T>("NODE_VERSION", "", "node_version", "absent", "v2", &T::node_version),
            row<T>("EXCLUSIVE_MODEL_BUILD", "", "exclusive_model_build", "false", "true", &T::exclusive_model_build),
            row<T>("VERSION_CONTROL_DEFAULT", "", "version_control_default", "follow_loop", "pause",
                   &T::version_control),
            row<T>("SYNC_CYCLES", "", "sync_cycles", "6", "1", &T::sync_cycles),
            row<T>("STREAMS", "", "streams", "0", "4", &T::streams),
            row<T>("CONF_THRESHOLD", "", "conf_threshold", "absent", "0.25", &T::conf_threshold),
            row<T>("IOU_THRESHOLD", "", "iou_threshold", "0.5", "0.4", &T::iou_threshold),
        });
    return rows;
}

std::vector<Row<TrainerSettings>> trainer_rows(std::string const& a_file)
{
    using T = TrainerSettings;
    auto rows = rows_of_every_node<T>("8001", a_file);
    rows.insert(
        rows.end(),
        {
            row<T>("INFERENCE_BATCH_SIZE", "", "inference_batch_size", "10", "1", &T::inference_batch_size),
            row<T>("RESTART_AFTER_TRAINING", "", "restart_after_training", "false", "true", &T::restart_after_training),
            row<T>("KEEP_OLD_TRAININGS", "", "keep_old_trainings", "false", "true", &T::keep_old_trainings),
            row<T>("TRAINING_SLOT_LOCK", "", "training_slot_lock", "", a_file, &T::training_slot_lock),
            row<T>("VRAM_LIMIT_GB", "", "vram_limit_gb", "0", "7.5", &T::vram_limit_gb),
            row<T>("TRAINER_IDLE_TIMEOUT_SEC", "", "trainer_idle_timeout_sec", "0", "90.5",
                   &T::trainer_idle_timeout_sec),
        });
    return rows;
}

struct EveryRowTest : NodeSettingsTest {
    /// Each way in which a row's value may be given, alone.
    template <class Settings>
    void check(Row<Settings> const& row)
    {
        SCOPED_TRACE(row.variable);
        Variables const nothing_else{{row.variable, ""}, {row.alias, ""}};
        bool const is_required = row.key == "organization" || row.key == "project"; // then `initial` is the fixture's
        EXPECT_EQ(row.found(read<Settings>({}, is_required ? Variables() : nothing_else)), row.initial);
        EXPECT_EQ(row.found(read<Settings>({}, {{row.variable, row.given}})), row.given);
        EXPECT_EQ(row.found(read<Settings>({"--settings-file", file(row.json())}, nothing_else)), row.given);
        if (!row.alias.empty()) {
            EXPECT_EQ(row.found(read<Settings>({}, {{row.variable, ""}, {row.alias, row.given}})), row.given);
        }
        if (row.is_secret) {
            expect_refused<Settings>({row.flag()}, {}, flag_of(row.key) + ": a secret has no flag");
        } else {
            EXPECT_EQ(row.found(read<Settings>({row.flag()}, {{row.variable, ""}})), row.given);
        }
        EXPECT_EQ(said.find("hunter2"), std::string::npos);
    }
};

TEST_F(EveryRowTest, of_a_detector_is_read_from_each_source)
{
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    for (auto const& row : detector_rows(a_file)) check(row);
}

TEST_F(EveryRowTest, of_a_trainer_is_read_from_each_source)
{
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    for (auto const& row : trainer_rows(a_file)) check(row);
}

TEST_F(EveryRowTest, of_the_login_is_read_from_each_source)
{
    for (auto const& variables : {Variables{{"LOOP_USERNAME", "u"}, {"LOOP_PASSWORD", "hunter2"}},
                                  Variables{{"USERNAME", "u"}, {"PASSWORD", "hunter2"}},
                                  Variables{{"SETTINGS_FILE", file(R"({"username": "u", "password": "hunter2"})")}}}) {
        auto const settings = trainer({}, variables);
        EXPECT_EQ(settings.username, "u") << variables.begin()->first;
        EXPECT_EQ(settings.password.reveal(), "hunter2") << variables.begin()->first;
    }
    EXPECT_EQ(detector({"--username", "flag"}, {{"LOOP_USERNAME", "u"}}).username, "flag");
}

TEST_F(NodeSettingsTest, take_the_bare_login_only_whole)
{
    EXPECT_EQ(detector({}, {{"USERNAME", "set by the shell"}}).username, "");
    auto const settings = detector({}, {{"PASSWORD", "p"}, {"LOOP_USERNAME", "loop user"}});
    EXPECT_EQ(settings.username, "loop user");
    EXPECT_TRUE(settings.password.empty());
}

TEST_F(NodeSettingsTest, prefer_the_variable_to_its_alias_with_a_warning)
{
    auto const settings = detector({}, {{"LOOP_HOST", "localhost:1"},
                                        {"HOST", "localhost:2"},
                                        {"LOOP_USERNAME", "u"},
                                        {"USERNAME", "u"},
                                        {"LOOP_PASSWORD", "hunter2"},
                                        {"PASSWORD", "hunter22"}});
    EXPECT_EQ(settings.loop_url, "http://localhost:1");
    EXPECT_EQ(settings.host, "127.0.0.1"); // HOST is the Loop's, not ours
    EXPECT_EQ(settings.password.reveal(), "hunter2");
    EXPECT_EQ(said, "weeder: warning: LOOP_HOST and HOST differ: LOOP_HOST is used\n"
                    "weeder: warning: LOOP_PASSWORD and PASSWORD differ: LOOP_PASSWORD is used\n");
}

TEST_F(NodeSettingsTest, take_1_and_true_in_any_case_for_true)
{
    for (auto const* yes : {"1", "true", "True", "TRUE"})
        EXPECT_TRUE(trainer({}, {{"KEEP_OLD_TRAININGS", yes}}).keep_old_trainings) << yes;
    for (auto const* no : {"0", "false", "False", ""})
        EXPECT_FALSE(trainer({}, {{"KEEP_OLD_TRAININGS", no}}).keep_old_trainings) << no;
}

TEST_F(NodeSettingsTest, read_pause_in_any_case_and_anything_else_as_follow_loop)
{
    EXPECT_EQ(detector({}, {{"VERSION_CONTROL_DEFAULT", "PAUSE"}}).version_control, VersionControl::pause);
    EXPECT_EQ(detector({"--version-control-default", "whatever"}).version_control, VersionControl::follow_loop);
}

TEST_F(NodeSettingsTest, need_a_project_for_a_detector)
{
    expect_refused<DetectorSettings>({"--project", "demo"}, {}, "--organization (LOOP_ORGANIZATION): is required");
    expect_refused<DetectorSettings>({"--organization", "o"}, {}, "--project (LOOP_PROJECT): is required");
    expect_refused<DetectorSettings>({"--organization=o", "--project="}, {}, "--project (LOOP_PROJECT): is required");
}

TEST_F(NodeSettingsTest, write_ids_in_lower_case)
{
    auto const settings = detector({"--organization", "Zauberzeug", "--project", "Demo"});
    EXPECT_EQ(settings.organization, "zauberzeug");
    EXPECT_EQ(settings.project, "demo");
}

TEST_F(NodeSettingsTest, need_a_data_folder)
{
    expect_refused<TrainerSettings>({"--data-folder="}, {}, "--data-folder (DATA_FOLDER): is required: name a folder");
}

TEST_F(NodeSettingsTest, never_send_a_password_or_token_over_plain_http_unasked)
{
    for (auto const& secret :
         {Variables{{"LOOP_USERNAME", "u"}, {"LOOP_PASSWORD", "hunter2"}}, Variables{{"LOOP_TOKEN", "hunter2"}}}) {
        expect_refused<TrainerSettings>({"--loop-host", "loop.example"}, secret,
                                        "--loop-host (LOOP_HOST): the password would go over plain http");
        EXPECT_EQ(trainer({"--loop-host", "http://loop.example"}, secret).loop_url, "http://loop.example");
        EXPECT_EQ(trainer({"--loop-host", "https://loop.example"}, secret).loop_url, "https://loop.example");
        for (auto const* here : {"localhost:8000", "127.0.0.1", "[::1]:8000"})
            EXPECT_EQ(trainer({"--loop-host", here}, secret).loop_url, std::string("http://") + here);
    }
}

TEST_F(NodeSettingsTest, refuse_wrong_values_and_name_them)
{
    std::vector<std::pair<Variables, std::string>> const detectors{
        {{{"LOOP_HOST", "ftp://loop"}}, "--loop-host (LOOP_HOST): 'ftp://loop' is neither host[:port] nor"},
        {{{"HOST", "ftp://loop"}}, "HOST (better: LOOP_HOST): 'ftp://loop'"},
        {{{"LOOP_HOST", "https://u:hunter2@loop"}}, "--loop-host (LOOP_HOST): a login does not belong here"},
        {{{"LOOP_ORGANIZATION", "a/b"}}, "--organization (LOOP_ORGANIZATION): may hold letters"},
        {{{"LOOP_PROJECT", ".."}}, "--project (LOOP_PROJECT): may hold letters"},
        {{{"LOOP_TOKEN", "hunter2 x"}}, "LOOP_TOKEN: may hold visible ASCII characters only"},
        {{{"NODE_TOKEN", "hunter2 x"}}, "NODE_TOKEN: may hold visible ASCII characters only"},
        {{{"LOOP_PASSWORD", "hunter2\n"}}, "LOOP_PASSWORD: is wrong: give plain text"},
        {{{"LOOP_SSL_CERT_PATH", "/missing.pem"}}, "--loop-ssl-cert-path (LOOP_SSL_CERT_PATH): '/missing.pem' cannot"},
        {{{"NODE_PORT", "65536"}}, "--port (NODE_PORT): '65536' is wrong: give a whole number from 0 to 65535"},
        {{{"MIN_UNCERTAIN_THRESHOLD", "0.7"}}, "--min-uncertain-threshold (MIN_UNCERTAIN_THRESHOLD): is above --max"},
        {{{"MAX_UNCERTAIN_THRESHOLD", "1.1"}}, "(MAX_UNCERTAIN_THRESHOLD): '1.1' is wrong: give a number from 0 to 1"},
        {{{"MAX_OUTBOX_SIZE", "0"}}, "--max-outbox-size (MAX_OUTBOX_SIZE): '0' is wrong: give a whole number, 1 or"},
        {{{"OUTBOX_MAX_BYTES", "lots"}}, "--outbox-max-bytes (OUTBOX_MAX_BYTES): 'lots' is wrong: give a number of b"},
        {{{"SYNC_CYCLES", "0"}}, "--sync-cycles (SYNC_CYCLES): '0' is wrong"},
        {{{"CONF_THRESHOLD", "nan"}}, "--conf-threshold (CONF_THRESHOLD): 'nan' is wrong"},
        {{{"EXCLUSIVE_MODEL_BUILD", "perhaps"}}, "(EXCLUSIVE_MODEL_BUILD): 'perhaps' is wrong: give true or false"},
        {{{"USE_BACKDOOR_CONTROLS", "1"}, {"NODE_HOST", "0.0.0.0"}}, "--use-backdoor-controls (USE_BACKDOOR_CONTROLS)"},
        {{{"TLS_CERT", "cert.pem"}}, "--tls-key (TLS_KEY) is missing"},
    };
    for (auto [variables, text] : detectors) {
        variables.merge(Variables{{"LOOP_ORGANIZATION", "o"}, {"LOOP_PROJECT", "p"}});
        expect_refused<DetectorSettings>({}, variables, text);
    }
    std::vector<std::pair<Variables, std::string>> const trainers{
        {{{"INFERENCE_BATCH_SIZE", "0"}}, "--inference-batch-size (INFERENCE_BATCH_SIZE): '0' is wrong"},
        {{{"VRAM_LIMIT_GB", "-1"}}, "--vram-limit-gb (VRAM_LIMIT_GB): '-1' is wrong: give a number, 0 or more"},
        {{{"VRAM_LIMIT_GB", "inf"}}, "--vram-limit-gb (VRAM_LIMIT_GB): 'inf' is wrong"},
        {{{"TRAINER_IDLE_TIMEOUT_SEC", "soon"}}, "(TRAINER_IDLE_TIMEOUT_SEC): 'soon' is wrong: give a number of sec"},
        {{{"TRAINING_SLOT_LOCK", "/missing/lock"}}, "--training-slot-lock (TRAINING_SLOT_LOCK): '/missing/lock' is no"},
        {{{"TRAINING_SLOT_LOCK", "/"}}, "--training-slot-lock (TRAINING_SLOT_LOCK): '/' is no file"},
    };
    for (auto const& [variables, text] : trainers) expect_refused<TrainerSettings>({}, variables, text);
}

TEST_F(NodeSettingsTest, allow_the_backdoor_on_loopback_only)
{
    for (auto const* here : {"127.0.0.1", "localhost", "::1"})
        EXPECT_TRUE(trainer({"--use-backdoor-controls", "--host", here}).use_backdoor_controls);
    expect_refused<TrainerSettings>({"--use-backdoor-controls", "--host=192.0.2.1"}, {}, "'192.0.2.1' can be reached");
}

TEST_F(NodeSettingsTest, name_the_file_that_holds_what_does_not_fit)
{
    auto const name = file(R"({"organization": "o", "project": "../p"})");
    expect_refused<DetectorSettings>({"--settings-file", name}, {}, name + ": project: may hold letters");
}

TEST_F(NodeSettingsTest, explain_themselves_without_a_secret)
{
    auto const variables =
        Variables{{"LOOP_PASSWORD", "hunter2"}, {"LOOP_TOKEN", "hunter2"}, {"NODE_TOKEN", "hunter2"}};
    EXPECT_EQ(std::get<int>(start<DetectorSettings>({"--help"}, variables)), 0);
    for (auto const& row : detector_rows("a")) EXPECT_NE(printed.find(row.variable), std::string::npos) << row.variable;
    EXPECT_EQ(printed.find("hunter2"), std::string::npos);
    EXPECT_EQ(std::get<int>(start<TrainerSettings>({"--help"}, variables)), 0);
    for (auto const& row : trainer_rows("a")) EXPECT_NE(printed.find(row.variable), std::string::npos) << row.variable;
    EXPECT_EQ(printed.find("hunter2"), std::string::npos);
}

} // namespace
} // namespace learning_loop
