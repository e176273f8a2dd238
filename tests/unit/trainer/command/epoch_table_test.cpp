#include "learning_loop/trainer/command/epoch_table.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace learning_loop {
namespace {

struct EpochTableTest : testing::Test {
    test::TempFolder folder;
    ProgressSection const section{
        "results.csv", "epoch", "epochs", {{"loss", "train/loss"}, {"mAP50", "metrics/mAP50(B)"}}};
    EpochTable table{folder / "results.csv", section, 10};

    TrainingProgress after(std::string const& text)
    {
        std::ofstream(folder / "results.csv", std::ios::app) << text;
        table.read_new();
        return table.progress();
    }
};

TEST_F(EpochTableTest, tells_the_newest_line)
{
    EXPECT_FALSE(table.progress().fraction);
    auto const progress = after("epoch,time,train/loss,metrics/mAP50(B)\n1,2.5,3.5,0.1\n2,5,3.25,0.2\n");
    EXPECT_EQ(progress.epoch, 2);
    EXPECT_EQ(progress.fraction, 0.2);
    EXPECT_EQ(progress.metrics, (std::map<std::string, double>{{"loss", 3.25}, {"mAP50", 0.2}}));
    EXPECT_EQ(after("3,7,3,").epoch, 2) << "the line has no end yet";
}

TEST_F(EpochTableTest, bears_blanks_quotes_missing_columns_and_numbers_that_are_none)
{
    auto const progress = after("   epoch,   \"train/loss\"\n  4 ,  nan\n");
    EXPECT_EQ(progress.epoch, 4);
    EXPECT_TRUE(progress.metrics.empty());
    EXPECT_EQ(after("5\n").epoch, 5);
    EXPECT_EQ(after("what\n,,\n").epoch, 5);
    EXPECT_EQ(after("1000,1\n").fraction, 1);
}

TEST_F(EpochTableTest, may_be_begun_anew_with_other_columns)
{
    after("epoch,train/loss,x\n1,2,3\n");
    test::put(folder / "results.csv", "train/loss,epoch\n");
    EXPECT_EQ(after("0.5,1\n").metrics.at("loss"), 0.5);
}

TEST_F(EpochTableTest, without_a_number_of_epochs_there_is_no_fraction)
{
    EpochTable unknown(folder / "results.csv", section, std::nullopt);
    after("epoch\n3\n");
    unknown.read_new();
    EXPECT_EQ(unknown.progress().epoch, 3);
    EXPECT_FALSE(unknown.progress().fraction);
}

} // namespace
} // namespace learning_loop
