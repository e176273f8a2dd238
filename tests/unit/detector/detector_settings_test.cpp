#include "learning_loop/detector/detector_settings.h"

#include "support/node_settings_rows.h"

namespace learning_loop {
namespace {

using test::Variables;

/// The settings of a detector of zauberzeug/demo.
struct NodeSettingsTest : test::SettingsTest<DetectorSettings> {
    NodeSettingsTest() { required = {{"LOOP_ORGANIZATION", "zauberzeug"}, {"LOOP_PROJECT", "demo"}}; }

    Result<std::optional<DetectorSettings>> read_settings_of(Invocation const& invocation) const override
    {
        return read_detector_settings("weeder", invocation);
    }
};

std::vector<test::SettingsRow<DetectorSettings>> detector_rows(std::string const& a_file)
{
    using T = DetectorSettings;
    using test::settings_row;
    auto rows = test::rows_of_every_node<T>("8004", a_file);
    std::vector<test::SettingsRow<T>> const own{
        settings_row<T>("LOOP_ORGANIZATION", "ORGANIZATION", "organization", "zauberzeug", "o", &T::organization),
        settings_row<T>("LOOP_PROJECT", "PROJECT", "project", "demo", "p", &T::project),
        settings_row<T>("MIN_UNCERTAIN_THRESHOLD", "", "min_uncertain_threshold", "0.3", "0.1",
                        &T::min_uncertain_threshold),
        settings_row<T>("MAX_UNCERTAIN_THRESHOLD", "", "max_uncertain_threshold", "0.6", "0.9",
                        &T::max_uncertain_threshold),
        settings_row<T>("MAX_OUTBOX_SIZE", "", "max_outbox_size", "absent", "1", &T::max_outbox_size),
        settings_row<T>("OUTBOX_MAX_BYTES", "", "outbox_max_bytes", "10737418240", "1000", &T::outbox_max_bytes),
        settings_row<T>("VERSION_CONTROL_DEFAULT", "", "version_control_default", "follow_loop", "pause",
                        &T::version_control_default),
        settings_row<T>("EXCLUSIVE_MODEL_BUILD", "", "exclusive_model_build", "false", "true",
                        &T::exclusive_model_build),
        settings_row<T>("SYNC_CYCLES", "", "sync_cycles", "6", "1", &T::sync_cycles),
        settings_row<T>("MAX_IMAGE_BYTES", "", "max_image_bytes", "67108864", "2000000", &T::max_image_bytes),
        settings_row<T>("MAX_IMAGE_PIXELS", "", "max_image_pixels", "50000000", "2000000", &T::max_image_pixels),
        settings_row<T>("STREAMS", "", "streams", "0", "4", &T::streams),
        settings_row<T>("CONF_THRESHOLD", "", "conf_threshold", "absent", "0.25", &T::conf_threshold),
        settings_row<T>("IOU_THRESHOLD", "", "iou_threshold", "0.5", "0.4", &T::iou_threshold),
    };
    rows.insert(rows.end(), own.begin(), own.end());
    return rows;
}

struct EveryRowTest : NodeSettingsTest {};

TEST_F(EveryRowTest, of_a_detector_is_read_from_each_source)
{
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    for (auto const& row : detector_rows(a_file)) check(row);
}

TEST_F(NodeSettingsTest, read_pause_in_any_case_and_anything_else_as_follow_loop)
{
    EXPECT_EQ(version_control(read({}, {{"VERSION_CONTROL_DEFAULT", "PAUSE"}})), VersionControl::pause);
    EXPECT_EQ(version_control(read({"--version-control-default", "whatever"})), VersionControl::follow_loop);
}

TEST_F(NodeSettingsTest, need_a_project_for_a_detector)
{
    expect_refused({"--project", "demo"}, {}, "--organization (LOOP_ORGANIZATION): is required");
    expect_refused({"--organization", "o"}, {}, "--project (LOOP_PROJECT): is required");
    expect_refused({"--organization=o", "--project="}, {}, "--project (LOOP_PROJECT): is required");
}

TEST_F(NodeSettingsTest, write_ids_in_lower_case)
{
    auto const settings = read({"--organization", "Zauberzeug", "--project", "Demo"});
    EXPECT_EQ(settings.organization, "zauberzeug");
    EXPECT_EQ(settings.project, "demo");
}

TEST_F(NodeSettingsTest, refuse_wrong_values_of_a_detector_and_name_them)
{
    std::vector<std::pair<Variables, std::string>> const table{
        {{{"LOOP_ORGANIZATION", "a/b"}}, "--organization (LOOP_ORGANIZATION): may hold letters"},
        {{{"LOOP_PROJECT", ".."}}, "--project (LOOP_PROJECT): may hold letters"},
        {{{"LOOP_HOST", "ftp://loop"}}, "--loop-host (LOOP_HOST): 'ftp://loop' is neither host[:port] nor"},
        {{{"MIN_UNCERTAIN_THRESHOLD", "0.7"}}, "--min-uncertain-threshold (MIN_UNCERTAIN_THRESHOLD): is above --max"},
        {{{"MAX_UNCERTAIN_THRESHOLD", "1.1"}}, "(MAX_UNCERTAIN_THRESHOLD): '1.1' is wrong: give a number from 0 to 1"},
        {{{"MAX_OUTBOX_SIZE", "0"}}, "--max-outbox-size (MAX_OUTBOX_SIZE): '0' is wrong: give a whole number, 1 or"},
        {{{"OUTBOX_MAX_BYTES", "lots"}}, "--outbox-max-bytes (OUTBOX_MAX_BYTES): 'lots' is wrong: give a number of b"},
        {{{"SYNC_CYCLES", "0"}}, "--sync-cycles (SYNC_CYCLES): '0' is wrong"},
        {{{"CONF_THRESHOLD", "nan"}}, "--conf-threshold (CONF_THRESHOLD): 'nan' is wrong"},
    };
    for (auto [variables, text] : table) {
        variables.insert(required.begin(), required.end());
        expect_refused({}, variables, text);
    }
}

TEST_F(NodeSettingsTest, name_the_file_that_holds_what_does_not_fit)
{
    auto const name = file(R"({"organization": "o", "project": "../p"})");
    expect_refused({"--settings-file", name}, {}, name + ": project: may hold letters");
}

TEST_F(NodeSettingsTest, explain_themselves_without_a_secret)
{
    auto const variables =
        Variables{{"LOOP_PASSWORD", "hunter2"}, {"LOOP_TOKEN", "hunter2"}, {"NODE_TOKEN", "hunter2"}};
    EXPECT_FALSE(start({"--help"}, variables).value());
    for (auto const& row : detector_rows("a")) EXPECT_NE(printed.find(row.variable), std::string::npos) << row.variable;
    EXPECT_EQ(printed.find("hunter2"), std::string::npos);
}

} // namespace
} // namespace learning_loop
