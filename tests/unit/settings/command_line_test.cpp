#include "learning_loop/settings/command_line.h"

#include <boost/describe/class.hpp>
#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct DropWords {
    std::string folder;
    bool all = false;
};
BOOST_DESCRIBE_STRUCT(DropWords, (), (folder, all))

using Words = std::vector<std::string>;

struct Split {
    Words words;
    Words flags; ///< And their values.
};

Split split(Words const& line)
{
    DropWords settings;
    std::vector<Setting> const rows{{.field = "folder", .meaning = "where"}, {.field = "all", .meaning = "everything"}};
    std::vector<char const*> argv{"drop"};
    for (auto const& word : line) argv.push_back(word.c_str());
    FreeWords const words({static_cast<int>(argv.size()), argv.data()}, setting_fields(rows, settings));
    auto const& rest = words.invocation();
    return {words.words(), Words(rest.argv + 1, rest.argv + rest.argc)};
}

TEST(FreeWordsTest, stand_before_between_and_behind_the_flags)
{
    auto const found = split({"1", "--folder", "/data", "2", "--all", "3"});
    EXPECT_EQ(found.words, (Words{"1", "2", "3"}));
    EXPECT_EQ(found.flags, (Words{"--folder", "/data", "--all"}));
}

TEST(FreeWordsTest, leave_each_flag_its_value)
{
    EXPECT_EQ(split({"--all", "true", "1"}).flags, (Words{"--all", "true"}));
    EXPECT_EQ(split({"--all=false", "1"}).words, Words{"1"});
    EXPECT_EQ(split({"--folder=/data", "1"}).words, Words{"1"});
    EXPECT_EQ(split({"--settings-file", "a.json", "1"}).words, Words{"1"});
}

TEST(FreeWordsTest, leave_what_is_wrong_to_whoever_reads_the_flags)
{
    EXPECT_EQ(split({"--folder"}).flags, Words{"--folder"});
    EXPECT_EQ(split({"--folder", "--all"}).flags, (Words{"--folder", "--all"}));
    EXPECT_EQ(split({"--colour", "1"}).flags, Words{"--colour"});
    EXPECT_EQ(split({}).words, Words{});
}

} // namespace
} // namespace learning_loop
