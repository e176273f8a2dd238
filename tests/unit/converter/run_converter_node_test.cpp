#include "learning_loop/converter/run_converter_node.h"

#include "support/captured_stderr.h"
#include "support/fake_converter.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

/// A converter with the formats that the test gives it.
struct Renamer final : Converter {
    Renamer(std::string source, std::string target) : source_(std::move(source)), target_(std::move(target)) {}

    std::string source_format() const override { return source_; }
    std::string target_format() const override { return target_; }
    Result<std::vector<std::filesystem::path>> convert(Conversion&) override { return Error{}; }

private:
    std::string source_;
    std::string target_;
};

struct RunConverterNodeTest : testing::Test {
    test::TempFolder folder;

    /// The exit status and what was said on stderr, of a converter with these formats and flags.
    std::pair<int, std::string> started(std::string const& source, std::string const& target,
                                        std::vector<std::string> flags)
    {
        flags.insert(flags.begin(), "node");
        std::vector<char const*> words;
        for (auto const& flag : flags) words.push_back(flag.c_str());
        auto const make = [&] { return std::make_unique<Renamer>(source, target); };
        test::CapturedStderr const said;
        int const status = run_converter_node("renamer", make, static_cast<int>(words.size()), words.data());
        return {status, said.text()};
    }
    std::string refusal(std::string const& source, std::string const& target)
    {
        auto const [status, said] = started(source, target, {"--data-folder", folder.path().string(), "--port", "0"});
        EXPECT_EQ(status, 2);
        return said;
    }
};

TEST_F(RunConverterNodeTest, explains_itself)
{
    EXPECT_EQ(started("a", "b", {"--help"}).first, 0);
}

TEST_F(RunConverterNodeTest, ends_with_2_and_the_reason_if_a_setting_is_wrong)
{
    auto const [status, said] = started("a", "b", {"--port=many"});
    EXPECT_EQ(status, 2);
    EXPECT_TRUE(said.starts_with("renamer: --port (NODE_PORT): 'many' is wrong")) << said;
}

TEST_F(RunConverterNodeTest, ends_with_2_and_the_reason_if_a_format_is_none)
{
    EXPECT_NE(refusal("../a", "b").find("renamer: source_format(): '../a' is no format"), std::string::npos);
    EXPECT_NE(refusal("a", "").find("renamer: target_format(): '' is no format"), std::string::npos);
    EXPECT_NE(refusal("a", "a").find("target_format(): 'a' is the source format"), std::string::npos);
}

} // namespace
} // namespace learning_loop
