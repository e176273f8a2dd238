#include "learning_loop/trainer/command/command_trainer.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using test::image_id;
using test::training_image;

fs::path const examples = fs::path(LL_TEST_DATA) / "../../examples";

TEST(DocumentedTrainerFiles, are_right)
{
    std::vector<fs::path> files{examples / "pytorch_trainer/trainer.toml"};
    for (auto const& entry : fs::directory_iterator(examples / "trainers")) files.push_back(entry.path());
    EXPECT_EQ(files.size(), 4U);
    for (auto const& file : files) {
        auto const read = read_trainer_file(file);
        EXPECT_TRUE(read) << read.error().message;
    }
}

TEST(DocumentedTrainerFiles, have_every_key_and_placeholder_in_the_reference)
{
    auto const reference = test::bytes_of(fs::path(LL_TEST_DATA) / "../../docs/trainer.md");
    for (std::string const word : {"format",
                                   "architecture",
                                   "layout",
                                   "checkpoint",
                                   "name",
                                   "label",
                                   "description",
                                   "train",
                                   "train_from_base",
                                   "resume",
                                   "detect",
                                   "csv",
                                   "epoch",
                                   "epochs",
                                   "metrics",
                                   "files",
                                   "detections",
                                   "conf_threshold",
                                   "resolution",
                                   "folder",
                                   "{here}",
                                   "{folder}",
                                   "{dataset}",
                                   "{images}",
                                   "{progress}",
                                   "{base_model}",
                                   "{variant}",
                                   "{hyperparameters.NAME}",
                                   "{number}",
                                   "{id}",
                                   "{model}",
                                   "{image_list}",
                                   "{detections}",
                                   "{conf_threshold}"}) {
        EXPECT_NE(reference.find("`" + word + "`"), std::string::npos) << word;
    }
}

/// A `yolo` that writes what Ultralytics' command line writes, and notes how it was called.
std::string const stand_in_for_yolo = R"(#!/bin/sh
echo "$@" >> "$LL_FOLDER/calls"
for argument in "$@"; do
    case $argument in
    model=*) model=${argument#model=};;
    source=*) source=${argument#source=};;
    name=*) name=${argument#name=};;
    esac
done
case $2 in
train)
    mkdir -p run/train/weights
    echo last > run/train/weights/last.pt
    [ -e "$LL_FOLDER/hang" ] && { rm "$LL_FOLDER/hang"; echo best > run/train/weights/best.pt; kill -TERM 0; sleep 60; }
    printf 'epoch,time,train/box_loss\n1,2,0.5\n' > run/train/results.csv
    echo best > run/train/weights/best.pt;;
predict)
    [ -e "$model" ] || exit 1
    mkdir -p "run/$name/labels"
    for image in "$source"/*; do
        image=${image##*/}
        echo "0 0.1 0.2 0.2 0.4 0.5" > "run/$name/labels/${image%.*}.txt"
    done;;
esac
)";

struct UltralyticsFileTest : testing::Test {
    test::SampleTraining sample;
    Training& training = sample.training;
    CommandTrainer trainer{read_trainer_file(examples / "trainers/ultralytics.toml").value(), examples};

    UltralyticsFileTest()
    {
        sample.learn_from(
            {training_image(1, ImageSet::train), training_image(2, ImageSet::val, {{"b", 0, 0, 20, 20}})});
        auto const yolo = training.folder / "bin/yolo";
        test::put(yolo, stand_in_for_yolo);
        fs::permissions(yolo, fs::perms::owner_all);
        training.hyperparameters = {{"epochs", 2}, {"flip_rl", "false"}};
    }
    /// Runs the command in a process group of its own; returns its exit status.
    int run(Command const& command) const
    {
        std::string line = "cd '" + training.folder.string() + "'; exec setsid -w env PATH=\"$PWD/bin:$PATH\"";
        for (auto const& [name, value] : command.environment) line += " " + name + "='" + value + "'";
        test::put(training.folder / "program", command.arguments.at(2));
        line += " sh -c \"$(cat program)\"";
        for (std::size_t i = 3; i < command.arguments.size(); ++i) line += " '" + command.arguments[i] + "'";
        return std::system(line.c_str());
    }
    std::string calls() const
    {
        auto text = sample.in_folder("calls");
        for (auto at = text.find(training.folder.string()); at != std::string::npos;
             at = text.find(training.folder.string()))
            text.replace(at, training.folder.string().size(), "F");
        return text;
    }
};

TEST_F(UltralyticsFileTest, trains_measures_and_is_done)
{
    EXPECT_EQ(run(trainer.start(training).value()), 0);
    EXPECT_EQ(calls(),
              "detect train data=F/dataset/data.yaml model=yolo11n.pt epochs=2 imgsz=640 batch=-1 fliplr=0 flipud=0 "
              "plots=False project=F/run name=train exist_ok=True\n"
              "detect predict model=F/run/train/weights/best.pt source=F/dataset/images/val imgsz=640 conf=0.01 "
              "save=False save_txt=True save_conf=True project=F/run name=measured exist_ok=True\n");
    EXPECT_EQ(trainer.progress(training).fraction, 0.5);
    auto const best = trainer.find_best_state(training, {}).value().value();
    EXPECT_EQ(best.confusion_matrix.at("b").tp, 1);
    EXPECT_EQ(to_text(best.description), R"({"conf_threshold":0.5,"resolution":640})");
}

TEST_F(UltralyticsFileTest, continues_a_model)
{
    training.base_model = training.folder / "base_model";
    EXPECT_EQ(run(trainer.start(training).value()), 0);
    EXPECT_NE(calls().find("model=F/base_model/best.pt "), std::string::npos) << calls();
}

TEST_F(UltralyticsFileTest, goes_on_after_a_kill_and_does_not_train_again_when_it_has)
{
    test::put(training.folder / "run/train/weights/last.pt", "last");
    EXPECT_EQ(run(trainer.start(training).value()), 0);
    EXPECT_TRUE(calls().starts_with("detect train resume=True model=F/run/train/weights/last.pt\ndetect predict "))
        << calls();
    fs::remove(training.folder / "calls");
    EXPECT_EQ(run(trainer.start(training).value()), 0);
    EXPECT_TRUE(calls().starts_with("detect predict ")) << calls();
}

TEST_F(UltralyticsFileTest, measures_the_best_model_so_far_when_it_is_stopped_and_goes_on_if_it_is_called_again)
{
    test::put(training.folder / "hang", "");
    EXPECT_EQ(run(trainer.start(training).value()), 0);
    EXPECT_EQ(trainer.find_best_state(training, {}).value().value().confusion_matrix.at("b").tp, 1);
    auto const text = calls();
    EXPECT_EQ(text.find("detect train"), text.rfind("detect train")) << "begun anew: " << text;
    EXPECT_EQ(run(trainer.start(training).value()), 0); // it was the node that ended
    EXPECT_NE(calls().find("detect train resume=True"), std::string::npos) << calls();
}

} // namespace
} // namespace learning_loop
