#include "learning_loop/trainer/command/command_template.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

PlaceholderValues const dataset_and_rate{{"dataset", "/d d"}, {"hyperparameters.rate", "0.5"}};

std::string filled(std::vector<std::string> const& arguments)
{
    auto const command = fill_command(arguments, dataset_and_rate);
    if (!command) return command.error().message;
    std::string text;
    for (auto const& argument : command->arguments) text += argument + "|";
    return text;
}

TEST(CommandTemplate, puts_values_into_arguments_and_leaves_them_one_argument_each)
{
    EXPECT_EQ(filled({"train", "{dataset}", "--data={dataset}/data.yaml", "{dataset}{dataset}"}),
              "train|/d d|--data=/d d/data.yaml|/d d/d d|");
}

TEST(CommandTemplate, writes_braces_that_stand_twice)
{
    EXPECT_EQ(filled({"train", "{{\"rate\": {hyperparameters.rate}}}"}), "train|{\"rate\": 0.5}|");
}

TEST(CommandTemplate, has_all_values_in_the_environment)
{
    auto const command = fill_command({"train"}, dataset_and_rate).value();
    EXPECT_EQ(command.environment,
              (std::map<std::string, std::string>{{"LL_DATASET", "/d d"}, {"LL_HYPERPARAMETER_RATE", "0.5"}}));
}

TEST(CommandTemplate, never_puts_a_value_into_a_program_for_a_shell)
{
    for (std::vector<std::string> const& words :
         std::vector<std::vector<std::string>>{{"sh", "-c"},
                                               {"/bin/bash", "-lc"},
                                               {"bash", "-o", "pipefail", "-ec"},
                                               {"bash", "--norc", "-c"},
                                               {"srun", "--gres=gpu:1", "env", "A=b", "dash", "-c"},
                                               {"docker", "run", "--rm", "image", "busybox", "sh", "-c"}}) {
        auto arguments = words;
        arguments.push_back("train {dataset}");
        EXPECT_EQ(filled(arguments),
                  "[" + std::to_string(words.size()) +
                      "]: {dataset} in a program for a shell would run as a part of it: write \"$LL_DATASET\"");
        arguments.back() = "train \"$LL_DATASET\" ${dataset} { a; }";
        arguments.push_back("{dataset}"); // a parameter of the program, not a part of it
        EXPECT_TRUE(filled(arguments).ends_with("|train \"$LL_DATASET\" ${dataset} { a; }|/d d|")) << filled(arguments);
    }
}

TEST(CommandTemplate, puts_values_into_what_is_no_program_for_a_shell)
{
    EXPECT_EQ(filled({"bash", "train.sh", "-c", "{dataset}"}), "bash|train.sh|-c|/d d|");
    EXPECT_EQ(filled({"train", "-c", "{dataset}"}), "train|-c|/d d|");
}

TEST(CommandTemplate, names_the_argument_that_is_wrong)
{
    EXPECT_EQ(filled({"train", "{data}"}),
              "[1]: the placeholder {data} is unknown here: use dataset or hyperparameters.rate");
    EXPECT_EQ(filled({"train", "x", "{"}), "[2]: a single '{' begins or ends no placeholder: write it twice");
}

} // namespace
} // namespace learning_loop
