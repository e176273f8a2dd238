#include "learning_loop/converter/converter_settings.h"

#include "support/node_settings_rows.h"

namespace learning_loop {
namespace {

struct ConverterSettingsTest : test::SettingsTest<NodeSettings> {
    Result<std::optional<NodeSettings>> read_settings_of(Invocation const& invocation) const override
    {
        return read_converter_settings("weeder", invocation);
    }
};

TEST_F(ConverterSettingsTest, are_read_from_each_source)
{
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    for (auto const& row : test::rows_of_every_node<NodeSettings>("8002", a_file)) check(row);
}

TEST_F(ConverterSettingsTest, tell_in_the_help_what_they_mean_for_a_converter)
{
    EXPECT_FALSE(start({"--help"}, {}).value());
    EXPECT_NE(printed.find("models that failed are tried again"), std::string::npos) << printed;
}

} // namespace
} // namespace learning_loop
