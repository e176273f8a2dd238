#include "learning_loop/trainer/command/command_trainer_settings.h"

#include "support/invocation.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

struct CommandTrainerSettingsTest : testing::Test {
    test::TempFolder folder;
    test::Started started;

    auto read(std::vector<std::string> const& flags)
    {
        started.flags = flags;
        started.variables["LOOP_HOST"] = "127.0.0.1";
        started.variables["DATA_FOLDER"] = folder.path().string();
        return started.read("learning-loop trainer", read_command_trainer_settings);
    }
};

TEST_F(CommandTrainerSettingsTest, need_a_trainer_file)
{
    EXPECT_FALSE(read({}));
    EXPECT_EQ(started.status, 2);
    EXPECT_NE(started.err.str().find("--command (TRAINER_COMMAND): is required"), std::string::npos)
        << started.err.str();
}

TEST_F(CommandTrainerSettingsTest, refuse_a_wrong_trainer_file_with_its_line)
{
    auto const file = (folder / "my.toml").string();
    test::put(file, "[trainer]\nformat = 5\n");
    EXPECT_FALSE(read({"--command", file}));
    EXPECT_EQ(started.status, 2);
    EXPECT_NE(started.err.str().find("--command (TRAINER_COMMAND): " + file + ":2: trainer.format: expected a text"),
              std::string::npos)
        << started.err.str();
}

TEST_F(CommandTrainerSettingsTest, print_the_commands_if_that_is_all_that_is_wanted)
{
    auto const file = (folder / "my.toml").string();
    test::put(file,
              "[trainer]\nformat='mine'\narchitecture='a'\nlayout='yolo'\n[hyperparameters]\nepochs=3\n[commands]\n"
              "train=['{here}/my train.sh','{dataset}','{hyperparameters.epochs}',\"it's\"]\n");
    EXPECT_FALSE(read({"--command", file, "--check"}).value());
    auto const text = started.out.str();
    EXPECT_TRUE(text.starts_with("# train\n")) << text;
    EXPECT_NE(text.find("LL_HYPERPARAMETER_EPOCHS=3 \\\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n'" + folder.path().string() + "/my train.sh' /TRAINING/dataset 3 'it'\\''s'\n"),
              std::string::npos)
        << text;
    EXPECT_EQ(read({"--command", file}).value()->command, file);
}

} // namespace
} // namespace learning_loop
