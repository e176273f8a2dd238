#include "learning_loop/server/settings.h"

#include "support/invocation.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct ServerSettingsTest : testing::Test {
    std::string said;
    int status = 0;

    Result<std::optional<ServerSettings>> read(std::vector<std::string> flags,
                                               std::map<std::string, std::string> variables = {})
    {
        test::Started started{std::move(flags), std::move(variables), {}, {}};
        auto settings = started.read(server_program, read_server_settings);
        said = started.err.str();
        status = started.status;
        return settings;
    }

    void expect_refused(std::vector<std::string> const& flags, std::map<std::string, std::string> const& variables,
                        std::string const& text)
    {
        auto const settings = read(flags, variables);
        ASSERT_FALSE(settings) << text;
        EXPECT_EQ(status, 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
    }
};

TEST_F(ServerSettingsTest, have_defaults)
{
    auto const settings = read({}, {{"HOME", "/home/a"}}).value().value();
    EXPECT_EQ(settings.host, "127.0.0.1");
    EXPECT_EQ(settings.port, 8000);
    EXPECT_EQ(settings.data_folder, "/home/a/.local/state/learning-loop/server");
}

TEST_F(ServerSettingsTest, are_read_from_flags_and_variables)
{
    auto const settings =
        read({"--port=0", "--tls-cert=c", "--tls-key=k"}, {{"DATA_FOLDER", "/state"}, {"NODE_PORT", "1"}})
            .value()
            .value();
    EXPECT_EQ(settings.port, 0);
    EXPECT_EQ(settings.data_folder, "/state");
    EXPECT_EQ(settings.tls_cert.string() + settings.tls_key.string(), "ck");
}

TEST_F(ServerSettingsTest, need_a_data_folder)
{
    expect_refused({}, {}, "learning-loop server: --data-folder (DATA_FOLDER): is required: name a folder");
}

TEST_F(ServerSettingsTest, bind_this_machine_only)
{
    expect_refused({"--host", "0.0.0.0"}, {{"HOME", "/home/a"}}, "--host (NODE_HOST): '0.0.0.0' can be reached from");
    expect_refused({}, {{"HOME", "/home/a"}, {"NODE_HOST", "example.org"}}, "bind 127.0.0.1");
}

} // namespace
} // namespace learning_loop
