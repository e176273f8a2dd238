#include "learning_loop/trainer/command/trainer_file.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

std::string const least_trainer_file = R"([trainer]
format = "mine"
architecture = "My network"
layout = "yolo"

[commands]
train = ["train", "{dataset}"]
)";

/// What is wrong with a file; `more` stands from line 8 on.
std::string refusal_of(std::string const& more, std::string text = least_trainer_file)
{
    auto const file = parse_trainer_file(text + more, "my.toml");
    return file ? "taken" : file.error().message;
}

std::string replaced(std::string const& from, std::string const& to)
{
    auto text = least_trainer_file;
    return text.replace(text.find(from), from.size(), to);
}

TEST(TrainerFile, may_be_short)
{
    auto const file = parse_trainer_file(least_trainer_file, "my.toml").value();
    EXPECT_EQ(file.trainer.format, "mine");
    EXPECT_EQ(file.trainer.layout, DatasetLayout::yolo);
    EXPECT_EQ(file.commands.train, (std::vector<std::string>{"train", "{dataset}"}));
    EXPECT_FALSE(file.progress || file.best || file.detections);
}

TEST(TrainerFile, tells_all_there_is)
{
    auto const file = parse_trainer_file(least_trainer_file + R"(
resume = ["train", "--resume"]
detect = ["detect", "{model}"]
train_from_base = ["train", "{base_model}"]
[[pretrained_models]]
name = "nano.pt"
label = "Nano"
description = "Small"
[hyperparameters]
epochs = 100
rate = 0.5
flip = true
optimizer = { default = "SGD", choices = ["SGD", "Adam"] }
[progress]
csv = "run/results.csv"
epoch = "epoch"
epochs = "epochs"
metrics = { loss = "train/loss" }
[best]
files = { mine = ["run/best.pt"], onnx = ["run/best.onnx"] }
detections = "run/found"
conf_threshold = 0.3
resolution = "epochs"
[detections]
folder = "run/detect/labels"
)",
                                         "my.toml")
                          .value();
    EXPECT_EQ(file.pretrained_models.at(0).name, "nano.pt");
    EXPECT_EQ(file.hyperparameters.at("optimizer").choices.size(), 2U);
    EXPECT_TRUE(file.hyperparameters.at("rate").default_value.is_double());
    EXPECT_EQ(file.progress->metrics.at("loss"), "train/loss");
    EXPECT_EQ(file.best->files.at("onnx").at(0), "run/best.onnx");
    EXPECT_EQ(file.best->conf_threshold, 0.3);
    EXPECT_EQ(file.detections->folder, "run/detect/labels");
}

TEST(TrainerFile, is_refused_with_its_line_if_it_is_no_toml)
{
    EXPECT_EQ(refusal_of("x ="), "my.toml:8: Error while parsing key-value pair: encountered end-of-file");
    EXPECT_EQ(refusal_of("[trainer]\n"),
              "my.toml:8: Error while parsing table header: cannot redefine existing table 'trainer'");
    EXPECT_EQ(refusal_of("train = []\n"),
              "my.toml:8: Error while parsing key-value pair: cannot redefine existing array 'train'");
}

TEST(TrainerFile, is_refused_for_a_key_that_there_is_not_and_tells_what_was_probably_meant)
{
    EXPECT_EQ(refusal_of("detekt = []\n"), "my.toml:8: commands.detekt: is unknown here: did you mean 'detect'?");
    EXPECT_EQ(refusal_of("[hyperparameter]\nx = 1\n"),
              "my.toml:8: hyperparameter: is unknown here: did you mean 'hyperparameters'?");
    EXPECT_EQ(refusal_of("[[pretrained_models]]\nname = 'a'\nlabel = ''\ndescription = ''\nsize = 5\n"),
              "my.toml:12: pretrained_models[0].size: is unknown here: use name, label or description");
    EXPECT_EQ(refusal_of("[hyperparameters]\no = { default = 'a', choice = ['a'] }\n"),
              "my.toml:9: hyperparameters.o.choice: is unknown here: did you mean 'choices'?");
    EXPECT_EQ(refusal_of("", replaced("layout", "layuot")),
              "my.toml:4: trainer.layuot: is unknown here: did you mean 'layout'?");
}

TEST(TrainerFile, is_refused_if_something_is_missing)
{
    EXPECT_EQ(refusal_of("", ""), "my.toml: trainer: is missing");
    EXPECT_EQ(refusal_of("", replaced("format = \"mine\"\n", "")), "my.toml:1: trainer.format: is missing");
    EXPECT_EQ(refusal_of("", replaced("train = [\"train\", \"{dataset}\"]\n", "detect = ['a']\n")),
              "my.toml:6: commands.train: must be a program and its arguments, as [\"python3\", \"train.py\"]");
    EXPECT_EQ(refusal_of("[progress]\ncsv = 'a.csv'\n"), "my.toml:8: progress.epoch: is missing");
}

TEST(TrainerFile, is_refused_for_values_of_another_kind)
{
    EXPECT_EQ(refusal_of("detect = 'detect'\n"), "my.toml:8: commands.detect: expected a list");
    EXPECT_EQ(refusal_of("detect = ['detect',\n  5]\n"), "my.toml:9: commands.detect[1]: expected a text");
    EXPECT_EQ(refusal_of("", replaced("\"yolo\"", "\"voc\"")),
              "my.toml:4: trainer.layout: 'voc' is unknown: use loop, yolo or coco");
    EXPECT_EQ(refusal_of("[hyperparameters]\nx = [1]\n"),
              "my.toml:9: hyperparameters.x: expected a default: a number, true or false, or a text");
    EXPECT_EQ(refusal_of("[hyperparameters]\nx = nan\n"),
              "my.toml:9: hyperparameters.x: the default null is not a number");
}

TEST(TrainerFile, is_refused_for_names_that_make_no_sense)
{
    EXPECT_EQ(refusal_of("", replaced("\"mine\"", "\"My Format\"")).substr(0, 50),
              "my.toml:2: trainer.format: 'My Format' is no forma");
    EXPECT_EQ(refusal_of("", replaced("\"My network\"", "\" \"")).substr(0, 54),
              "my.toml:3: trainer.architecture: must name what is tra");
    EXPECT_EQ(refusal_of("[hyperparameters]\n'a b' = 1\n"),
              "my.toml:9: hyperparameters.a b: must be named by letters, digits and '_'");
    EXPECT_EQ(refusal_of("[hyperparameters]\nlr = 1\nLR = 1\n").substr(0, 56),
              "my.toml:9: hyperparameters.lr: differs from LR in its ca");
    std::string const model = "[[pretrained_models]]\nlabel = ''\ndescription = ''\n";
    EXPECT_EQ(refusal_of(model + "name = '-rf'\n").substr(0, 57),
              "my.toml:11: pretrained_models[0].name: '-rf' must be lett");
    EXPECT_EQ(refusal_of(model + "name = 'a'\n" + model + "name = 'a'\n"),
              "my.toml:15: pretrained_models[1].name: 'a' stands above already: give it another");
}

TEST(TrainerFile, is_refused_for_paths_out_of_the_trainings_folder)
{
    for (std::string const path : {"/etc/passwd", "../x", "a/../../x", "", ".", "a\\u0000b"}) {
        auto const refused = refusal_of("[progress]\nepoch = 'e'\ncsv = \"" + path + "\"\n");
        EXPECT_TRUE(refused.starts_with("my.toml:10: progress.csv: ")) << refused;
        EXPECT_TRUE(refused.ends_with("must be a path relative to the training's folder, and inside it")) << refused;
    }
    EXPECT_EQ(refusal_of("[progress]\nepoch = 'e'\ncsv = 'a/../b'\n"), "taken");
}

TEST(TrainerFile, is_refused_for_placeholders_that_there_are_not)
{
    EXPECT_EQ(refusal_of("detect = ['a', '{modle}']\n"),
              "my.toml:8: commands.detect[1]: the placeholder {modle} is unknown here: did you mean 'model'?");
    EXPECT_EQ(refusal_of("resume = ['a',\n'b',\n'--epochs={hyperparameters.epochs}']\n[hyperparameters]\nepoch = 1\n"),
              "my.toml:10: commands.resume[2]: the placeholder {hyperparameters.epochs} is unknown here: did you mean "
              "'hyperparameters.epoch'?");
    EXPECT_EQ(refusal_of("detect = ['a', '{dataset}']\n").substr(0, 70),
              "my.toml:8: commands.detect[1]: the placeholder {dataset} is unknown he");
    EXPECT_EQ(refusal_of("detect = ['a', '{model']\n"),
              "my.toml:8: commands.detect[1]: a single '{' begins or ends no placeholder: write it twice");
    EXPECT_EQ(refusal_of("detect = ['a', 'model}']\n"),
              "my.toml:8: commands.detect[1]: a single '}' begins or ends no placeholder: write it twice");
}

TEST(TrainerFile, is_refused_for_values_within_a_program_for_a_shell)
{
    EXPECT_EQ(refusal_of("detect = ['sh', '-c', 'detect {model}']\n"),
              "my.toml:8: commands.detect[2]: {model} in a program for a shell would run as a part of it: write "
              "\"$LL_MODEL\"");
    EXPECT_EQ(refusal_of("detect = ['sh', '-c', 'detect \"$LL_MODEL\" ${model}']\n"), "taken");
}

TEST(TrainerFile, is_refused_for_what_does_not_fit_together)
{
    EXPECT_EQ(
        refusal_of(
            "[progress]\ncsv = 'a'\nepoch = 'e'\nepochs = 'epochs'\n[hyperparameters]\nepoch = 3\nepochs_ = 0.5\n"),
        "my.toml:11: progress.epochs: the hyperparameter 'epochs' of whole numbers is unknown here: did you mean "
        "'epoch'?");
    EXPECT_EQ(refusal_of("[best]\nfiles = { onnx = ['a'] }\n"),
              "my.toml:9: best.files: must name those of the trainer's own format, mine, too");
    EXPECT_EQ(
        refusal_of("[best]\nfiles = { mine = ['a/x', 'b/x'] }\n"),
        "my.toml:9: best.files.mine[1]: another file of this format has the same name, and a model has no folders");
    EXPECT_EQ(refusal_of("[best]\nfiles = { mine = ['a'], 'Not OK' = ['b'] }\n").substr(0, 50),
              "my.toml:9: best.files.Not OK: 'Not OK' is no forma");
    EXPECT_EQ(refusal_of("[best]\nfiles = { mine = ['a'] }\nconf_threshold = 1.5\n"),
              "my.toml:10: best.conf_threshold: must be from 0 to 1");
    EXPECT_EQ(refusal_of("[detections]\nfolder = 'a'\n"),
              "my.toml:8: detections: is of no use without a command `detect`: add that, or leave this out");
    EXPECT_EQ(refusal_of("", replaced("layout", "checkpoint = 'a'\nlayout")),
              "my.toml:4: trainer.checkpoint: is of no use without a command `resume`: add that, or leave this out");
}

TEST(TrainerFile, is_refused_in_words_if_it_cannot_be_read)
{
    test::TempFolder const folder;
    auto const name = (folder / "a.toml").string();
    EXPECT_EQ(read_trainer_file(name).error().message,
              name + ": there is no such file: name a trainer file as docs/trainer.md explains it");
    test::put(name, std::string((1 << 20) + 1, '#'));
    EXPECT_TRUE(read_trainer_file(name).error().message.starts_with(name + ": "))
        << read_trainer_file(name).error().message;
    EXPECT_TRUE(read_trainer_file(folder.path()).has_error());
    test::put(folder / "good.toml", least_trainer_file);
    std::filesystem::create_symlink(folder / "good.toml", folder / "link.toml");
    EXPECT_TRUE(read_trainer_file(folder / "link.toml").has_value());
}

} // namespace
} // namespace learning_loop
