#include "learning_loop/trainer/command/command_trainer.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

#include <fstream>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using test::image_id;
using test::training_image;

std::string const driven_by_lines = R"([trainer]
format = "mine"
architecture = "My network"
layout = "loop"
checkpoint = "last.pt"
[[pretrained_models]]
name = "nano"
label = "Nano"
description = ""
[[pretrained_models]]
name = "large"
label = "Large"
description = ""
[hyperparameters]
epochs = 10
[commands]
train = ["train", "{here}", "{dataset}", "{progress}", "{images}", "{variant}", "{number}", "{id}",
    "{hyperparameters.epochs}"]
train_from_base = ["train", "{base_model}"]
resume = ["resume", "{folder}"]
detect = ["detect", "{model}", "{image_list}", "{detections}", "{conf_threshold}"]
)";

struct CommandTrainerTest : testing::Test {
    test::SampleTraining sample;
    Training& training = sample.training;
    CommandTrainer trainer = made_of(driven_by_lines);

    CommandTrainerTest()
    {
        sample.learn_from(
            {training_image(1, ImageSet::train), training_image(2, ImageSet::val, {{"b", 0, 0, 20, 20}})});
    }
    static CommandTrainer made_of(std::string const& text)
    {
        return {parse_trainer_file(text, "my.toml").value(), "/here"};
    }
    static std::string line_of(Command const& command)
    {
        std::string line;
        for (auto const& argument : command.arguments) line += (line.empty() ? "" : " ") + argument;
        return line;
    }
    std::string started()
    {
        auto const command = trainer.start(training);
        return command ? line_of(*command) : command.error().message;
    }
    std::string resumed()
    {
        auto const command = trainer.resume(training);
        if (!command) return command.error().message;
        return *command ? line_of(**command) : "nothing to go on with";
    }
    void tell(std::string const& line)
    {
        std::ofstream(training.folder / "progress.jsonl", std::ios::app) << line << "\n";
    }
};

TEST_F(CommandTrainerTest, starts_the_program_with_the_dataset_and_the_values_of_the_training)
{
    training.hyperparameters = {{"epochs", "130"}, {"unknown", "$(reboot)"}};
    training.model_variant = "large";
    auto const folder = training.folder.string();
    EXPECT_EQ(started(), "train /here " + folder + "/dataset " + folder + "/progress.jsonl " +
                             training.images.string() + " large 7 " + training.id + " 130");
    EXPECT_TRUE(fs::exists(training.folder / "dataset/dataset.json"));
    EXPECT_EQ(sample.in_folder("hyperparameters.json"), "{\"epochs\":130}\n");
    auto const environment = trainer.start(training).value().environment;
    EXPECT_EQ(environment.at("LL_HYPERPARAMETER_EPOCHS"), "130");
    EXPECT_EQ(environment.at("LL_DATASET"), folder + "/dataset");
}

TEST_F(CommandTrainerTest, begins_with_the_first_pretrained_model_unless_another_one_was_chosen)
{
    EXPECT_NE(started().find(" nano "), std::string::npos);
    training.model_variant = "; reboot";
    EXPECT_EQ(started(), "model_variant '; reboot' is unknown here: use nano or large");
    trainer =
        made_of("[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\ntrain=['train','{variant}']\n");
    EXPECT_EQ(started(), "model_variant '; reboot' is no name of a model");
    training.model_variant = "";
    EXPECT_EQ(started(), "train ");
}

TEST_F(CommandTrainerTest, refuses_hyperparameters_of_another_kind_before_it_writes_anything)
{
    training.hyperparameters = {{"epochs", "many"}};
    EXPECT_EQ(started(), "hyperparameter epochs: \"many\" is not a whole number, which this trainer takes there");
    EXPECT_EQ(trainer.start(training).error().code, Errc::unprocessable);
    EXPECT_FALSE(fs::exists(training.folder / "dataset"));
}

TEST_F(CommandTrainerTest, continues_a_model_by_the_command_for_that_or_refuses)
{
    training.base_model = training.folder / "base_model";
    EXPECT_EQ(started(), "train " + training.base_model->string());
    std::string const least = "[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\n";
    trainer = made_of(least + "train=['train','--base={base_model}']\n");
    EXPECT_EQ(started(), "train --base=" + training.base_model->string());
    training.base_model.reset();
    EXPECT_EQ(started(), "train --base=");
    trainer = made_of(least + "train=['train']\n");
    EXPECT_EQ(started(), "train");
    training.base_model = training.folder / "base_model";
    EXPECT_TRUE(started().starts_with("this trainer cannot continue a model: begin from scratch")) << started();
}

TEST_F(CommandTrainerTest, resumes_if_there_are_progress_and_a_checkpoint)
{
    EXPECT_EQ(resumed(), "nothing to go on with");
    tell("{\"epoch\": 1}");
    EXPECT_EQ(resumed(), "nothing to go on with");
    test::put(training.folder / "last.pt", "");
    EXPECT_EQ(resumed(), "nothing to go on with");
    test::put(training.folder / "last.pt", "state");
    EXPECT_EQ(resumed(), "resume " + training.folder.string());
    EXPECT_TRUE(fs::exists(training.folder / "dataset/dataset.json"));
    trainer = made_of("[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\ntrain=['train']\n");
    EXPECT_EQ(resumed(), "nothing to go on with");
}

TEST_F(CommandTrainerTest, finds_the_newest_best_state_after_the_last_one)
{
    EXPECT_FALSE(trainer.find_best_state(training, {}).value());
    test::put(training.folder / "1.pt", "");
    test::put(training.folder / "2.pt", "");
    tell(R"({"best": {"epoch": 1, "files": {"mine": ["1.pt"]}}})");
    auto const first = trainer.find_best_state(training, {}).value();
    EXPECT_EQ(first->epoch, 1);
    EXPECT_FALSE(trainer.find_best_state(training, first).value());
    tell(R"({"best": {"epoch": 2, "files": {"mine": ["2.pt"]}}})");
    EXPECT_EQ(trainer.find_best_state(training, first).value()->epoch, 2);
    auto after_a_crash = made_of(driven_by_lines);
    EXPECT_EQ(after_a_crash.find_best_state(training, first).value()->epoch, 2);
}

TEST_F(CommandTrainerTest, takes_no_files_from_elsewhere)
{
    test::put(sample.folder / "secret", "x");
    fs::create_symlink(sample.folder / "secret", training.folder / "link");
    fs::create_directory(training.folder / "directory");
    auto const refusal = [&](std::string const& name) {
        tell("{\"best\": {\"files\": {\"mine\": [\"" + name + "\"]}}}");
        auto const refused = trainer.find_best_state(training, {}).error();
        EXPECT_EQ(refused.code, Errc::invalid_argument) << "looking again would not help";
        return refused.message;
    };
    EXPECT_EQ(refusal("../secret"),
              "a best state of the training program: '../secret' lies outside of the training's folder");
    EXPECT_EQ(refusal("link"), "a best state of the training program: 'link' lies outside of the training's folder");
    EXPECT_EQ(refusal("/etc/passwd"),
              "a best state of the training program: '/etc/passwd' lies outside of the training's folder");
    EXPECT_EQ(refusal("directory"), "a best state of the training program: 'directory' is no file");
    EXPECT_EQ(refusal("none"), "a best state of the training program: 'none' is not there (No such file or directory)");
    EXPECT_EQ(refusal("."), "a best state of the training program: '.' lies outside of the training's folder");
}

TEST_F(CommandTrainerTest, forgets_what_an_earlier_try_told_when_it_starts_anew)
{
    test::put(training.folder / "1.pt", "");
    tell(R"({"progress": 0.5, "best": {"epoch": 1, "files": {"mine": ["1.pt"]}}})");
    EXPECT_EQ(trainer.progress(training).fraction, 0.5);
    EXPECT_TRUE(trainer.start(training));
    EXPECT_FALSE(trainer.progress(training).fraction);
    EXPECT_FALSE(trainer.find_best_state(training, {}).value());
}

TEST_F(CommandTrainerTest, follows_the_training_that_it_is_asked_about)
{
    tell(R"({"progress": 0.5})");
    EXPECT_EQ(trainer.progress(training).fraction, 0.5);
    auto other = training;
    other.id = "22222222-2222-2222-2222-222222222222";
    other.folder = sample.folder / "other";
    EXPECT_FALSE(trainer.progress(other).fraction);
}

TEST_F(CommandTrainerTest, drives_a_program_that_writes_a_table_and_yolo_texts)
{
    trainer = made_of(R"([trainer]
format = "mine"
architecture = "a"
layout = "yolo"
[hyperparameters]
epochs = 10
imgsz = 640
[commands]
train = ["train"]
resume = ["resume"]
detect = ["detect", "{model}", "{image_list}", "{conf_threshold}"]
[progress]
csv = "run/results.csv"
epoch = "epoch"
epochs = "epochs"
metrics = { loss = "train/loss" }
[best]
files = { mine = ["run/best.pt"] }
detections = "run/found"
resolution = "imgsz"
[detections]
folder = "run/detect/labels"
)");
    training.hyperparameters = {{"epochs", 4}, {"imgsz", "320"}};
    EXPECT_EQ(started(), "train");
    EXPECT_TRUE(fs::exists(training.folder / "dataset/data.yaml"));
    EXPECT_EQ(resumed(), "nothing to go on with");
    test::put(training.folder / "run/results.csv", "epoch,train/loss\n1,0.5\n");
    EXPECT_EQ(resumed(), "resume");
    EXPECT_EQ(trainer.progress(training).fraction, 0.25);
    EXPECT_EQ(trainer.progress(training).metrics.at("loss"), 0.5);
    test::put(training.folder / "run/best.pt", "weights");
    fs::last_write_time(training.folder / "run/best.pt", fs::file_time_type::clock::now() - std::chrono::seconds(60));
    test::put(training.folder / "run/found" / (image_id(2) + ".txt"), "0 0.1 0.2 0.2 0.4 0.5\n");
    auto const best = trainer.find_best_state(training, {}).value().value();
    EXPECT_EQ(best.epoch, 1);
    EXPECT_EQ(best.confusion_matrix.at("b").tp, 1);
    EXPECT_EQ(to_text(best.description), R"({"conf_threshold":0.5,"resolution":320})");
}

TEST_F(CommandTrainerTest, detects_with_the_model_and_collects_what_was_found)
{
    DetectionJob job{{}, training.folder / "list.txt", training.folder / "detections.jsonl"};
    job.model.model_root_path = "/model";
    job.model.conf_threshold = 0.3;
    EXPECT_EQ(line_of(trainer.detect_program(training, job).value().value()),
              "detect /model " + job.image_list.string() + " " + job.detections.string() + " 0.3");
    job.model.conf_threshold.reset();
    trainer = made_of("[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\ntrain=['train']\n"
                      "detect=['detect','{conf_threshold}']\n[detections]\nfolder='run/labels'\n");
    auto const stale = training.folder / "run/labels" / (image_id(1) + ".txt");
    test::put(stale, "0 0.5 0.5 0.2 0.4 0.75\n");
    EXPECT_EQ(line_of(trainer.detect_program(training, job).value().value()), "detect 0.25");
    EXPECT_FALSE(fs::exists(stale));
    test::put(job.image_list, (training.images / (image_id(1) + ".jpg")).string() + "\n");
    EXPECT_TRUE(trainer.collect_detections(training, job));
    EXPECT_NE(sample.in_folder("detections.jsonl").find("\"box_detections\":[],"), std::string::npos);
    test::put(stale, "0 0.5 0.5 0.2 0.4 0.75\n");
    EXPECT_TRUE(trainer.collect_detections(training, job));
    EXPECT_NE(sample.in_folder("detections.jsonl").find("\"category_id\":\"b\""), std::string::npos);
}

TEST_F(CommandTrainerTest, does_not_empty_a_folder_elsewhere)
{
    trainer = made_of("[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\ntrain=['train']\n"
                      "detect=['detect']\n[detections]\nfolder='run/labels'\n");
    test::put(sample.folder / "precious/labels/x.txt", "x");
    fs::create_directory_symlink(sample.folder / "precious", training.folder / "run");
    DetectionJob job{{}, training.folder / "list.txt", training.folder / "detections.jsonl"};
    job.model.model_root_path = "/model";
    EXPECT_EQ(trainer.detect_program(training, job).error().message,
              "'run/labels' lies outside of the training's folder");
    EXPECT_TRUE(fs::exists(sample.folder / "precious/labels/x.txt"));
}

TEST_F(CommandTrainerTest, without_a_command_it_does_not_detect)
{
    EXPECT_TRUE(trainer.detects());
    trainer = made_of("[trainer]\nformat='mine'\narchitecture='a'\nlayout='loop'\n[commands]\ntrain=['train']\n");
    EXPECT_FALSE(trainer.detects());
    EXPECT_FALSE(trainer.detect_program(training, {}).value());
}

} // namespace
} // namespace learning_loop
