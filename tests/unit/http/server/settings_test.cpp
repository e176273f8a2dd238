#include "learning_loop/http/server/settings.h"

#include "support/invocation.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct HttpSettingsTest : testing::Test {
    std::string said;
    int status = 0;

    Result<std::optional<HttpSettings>> read(std::vector<std::string> flags,
                                             std::map<std::string, std::string> variables = {})
    {
        test::Started started{std::move(flags), std::move(variables), {}, {}};
        auto settings = started.read("program", [](Invocation const& invocation) {
            ProgramDescription const description{"program", "Serves.", http_settings()};
            return read_settings(description, HttpSettings(), invocation, check_http_settings);
        });
        said = started.err.str();
        status = started.status;
        return settings;
    }

    void expect_refused(std::vector<std::string> const& flags, std::string const& text)
    {
        auto const settings = read(flags);
        ASSERT_FALSE(settings) << text;
        EXPECT_EQ(status, 2);
        EXPECT_NE(said.find(text), std::string::npos) << said;
    }
};

TEST_F(HttpSettingsTest, have_defaults)
{
    auto const settings = read({}).value().value();
    EXPECT_EQ(settings.host, "127.0.0.1");
    EXPECT_EQ(settings.tls_cert.string() + settings.tls_key.string(), "");
    EXPECT_EQ(settings.log_level, log::Level::info);
    EXPECT_TRUE(settings.access_log);
}

TEST_F(HttpSettingsTest, are_read_from_variables)
{
    auto const settings = read({}, {{"NODE_HOST", "0.0.0.0"},
                                    {"NODE_PORT", "80"},
                                    {"TLS_CERT", "/cert.pem"},
                                    {"TLS_KEY", "/key.pem"},
                                    {"LOG_LEVEL", "DEBUG"},
                                    {"ACCESS_LOG", "false"}})
                              .value()
                              .value();
    EXPECT_EQ(settings.host, "0.0.0.0");
    EXPECT_EQ(settings.port, 80);
    EXPECT_EQ(settings.tls_cert.string() + settings.tls_key.string(), "/cert.pem/key.pem");
    EXPECT_EQ(settings.log_level, log::Level::debug);
    EXPECT_FALSE(settings.access_log);
}

TEST_F(HttpSettingsTest, refuse_half_of_a_pair)
{
    expect_refused({"--tls-cert=a"}, "--tls-cert (TLS_CERT): --tls-key (TLS_KEY) is missing");
    expect_refused({"--tls-key=a"}, "--tls-key (TLS_KEY): --tls-cert (TLS_CERT) is missing");
}

TEST_F(HttpSettingsTest, refuse_what_is_no_level_and_no_host)
{
    expect_refused({"--log-level=loud"}, "--log-level (LOG_LEVEL): 'loud' is wrong: give one of trace, debug, info, ");
    expect_refused({"--host="}, "--host (NODE_HOST): is required");
}

} // namespace
} // namespace learning_loop
