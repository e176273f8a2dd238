#include "learning_loop/trainer/command/layouts.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using test::image_id;
using test::training_image;

struct LayoutsTest : testing::Test {
    test::SampleTraining sample;
    Training& training = sample.training;
    fs::path const dataset = training.folder / "dataset";

    std::string refusal(DatasetLayout layout)
    {
        auto const written = write_layout(layout, training, dataset);
        return written ? "written" : written.error().message;
    }
    void write(DatasetLayout layout) { ASSERT_EQ(refusal(layout), "written"); }
    std::string text(std::string const& name) const { return test::bytes_of(dataset / name); }
    std::string label(std::string const& set, int number) const
    {
        return text("labels/" + set + "/" + image_id(number) + ".txt");
    }
    /// All files below the dataset, in order.
    std::string names() const
    {
        std::set<std::string> names;
        for (auto const& entry : fs::recursive_directory_iterator(dataset)) {
            if (!entry.is_directory()) names.insert(entry.path().lexically_relative(dataset).string());
        }
        std::string text;
        for (auto const& name : names) text += name + "\n";
        return text;
    }
    boost::json::value read_json(std::string const& name) const { return parse_json(text(name), name).value(); }
};

TEST_F(LayoutsTest, yolo_has_a_text_and_a_link_for_each_picture)
{
    sample.learn_from({training_image(1, ImageSet::train, {{"b", 10, 20, 30, 10}}), training_image(2, ImageSet::val),
                       training_image(3, ImageSet::test)});
    write(DatasetLayout::yolo);
    EXPECT_EQ(names(), "data.yaml\n"
                       "images/test/00000000-0000-0000-0000-000000000003.jpg\n"
                       "images/train/00000000-0000-0000-0000-000000000001.jpg\n"
                       "images/val/00000000-0000-0000-0000-000000000002.jpg\n"
                       "labels/test/00000000-0000-0000-0000-000000000003.txt\n"
                       "labels/train/00000000-0000-0000-0000-000000000001.txt\n"
                       "labels/val/00000000-0000-0000-0000-000000000002.txt\n");
    EXPECT_EQ(label("train", 1), "0 0.250000 0.500000 0.300000 0.200000\n");
    EXPECT_EQ(label("val", 2), "");
    EXPECT_EQ(text("data.yaml"), "path: \"" + dataset.string() +
                                     "\"\ntrain: images/train\nval: images/val\ntest: images/test\nnc: 2\nnames:\n"
                                     "  0: \"beet\"\n  1: \"weed\"\n");
    EXPECT_TRUE(
        fs::equivalent(dataset / ("images/train/" + image_id(1) + ".jpg"), training.images / (image_id(1) + ".jpg")));
    EXPECT_EQ(fs::hard_link_count(training.images / (image_id(1) + ".jpg")), 2U);
}

TEST_F(LayoutsTest, yolo_makes_boxes_of_points_clips_all_and_leaves_out_what_lies_outside_or_has_no_class)
{
    auto image = training_image(1, ImageSet::train,
                                {{"b", 90, -10, 30, 20}, {"b", 200, 10, 5, 5}, {"r", 1, 1, 5, 5}, {"?", 1, 1, 5, 5}});
    image.point_annotations = {{"w", 50, 25}, {"w", 1, 1}};
    image.classification_annotation = TrainingClass{"m"};
    sample.learn_from({image, training_image(2, ImageSet::val)});
    write(DatasetLayout::yolo);
    EXPECT_EQ(label("train", 1), "0 0.950000 0.100000 0.100000 0.200000\n"
                                 "1 0.500000 0.500000 0.100000 0.200000\n"
                                 "1 0.030000 0.060000 0.060000 0.120000\n");
}

TEST_F(LayoutsTest, without_images_to_validate_with_the_test_images_are_those)
{
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::test, {{"b", 0, 0, 10, 10}})});
    write(DatasetLayout::yolo);
    EXPECT_EQ(label("val", 2), label("test", 2));
    EXPECT_NE(label("val", 2), "");
    EXPECT_TRUE(fs::exists(dataset / ("images/val/" + image_id(2) + ".jpg")));
    fs::remove_all(dataset);
    write(DatasetLayout::coco);
    EXPECT_EQ(text("annotations/val.json"), text("annotations/test.json"));
}

TEST_F(LayoutsTest, names_of_categories_cannot_break_the_yaml)
{
    training.categories = {
        test::SampleTraining::category("a", "a\": 5\n  1: x", "box"),
        test::SampleTraining::category("b", "\\ r\xc3\xbc\x62\x65 \xf0\x9f\x8c\xb1 #: {[*&!%@`", "box"),
        test::SampleTraining::category("c", "no\x7f\xc2\x85", "box")};
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    write(DatasetLayout::yolo);
    auto const yaml = text("data.yaml");
    EXPECT_EQ(yaml.substr(yaml.find("names:")), "names:\n"
                                                "  0: \"a\\\": 5\\U0000000A  1: x\"\n"
                                                "  1: \"\\\\ r\\U000000FCbe \\U0001F331 #: {[*&!%@`\"\n"
                                                "  2: \"no\\U0000007F\\U00000085\"\n");
}

TEST_F(LayoutsTest, a_png_has_its_own_ending)
{
    test::put(training.images / (image_id(1) + ".jpg"), test::sample_image("rgb.png"));
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    write(DatasetLayout::yolo);
    EXPECT_TRUE(fs::exists(dataset / ("images/train/" + image_id(1) + ".png")));
    EXPECT_FALSE(fs::exists(dataset / ("images/train/" + image_id(1) + ".jpg")));
    fs::remove_all(dataset);
    write(DatasetLayout::coco);
    EXPECT_EQ(to_text(read_json("annotations/train.json").at("images").at(0).at("file_name")),
              "\"" + image_id(1) + ".png\"");
}

TEST_F(LayoutsTest, links_lead_to_another_disk_where_hard_ones_cannot)
{
    fs::path const other_disk = "/dev/shm";
    test::TempFolder const here;
    if (fs::space(other_disk).capacity == 0) GTEST_SKIP() << "there is no second disk at /dev/shm";
    auto const images = other_disk / ("learning_loop_test_" + std::to_string(::getpid()));
    fs::create_directory(images);
    training.images = images;
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    write(DatasetLayout::yolo);
    auto const link = dataset / ("images/train/" + image_id(1) + ".jpg");
    EXPECT_TRUE(fs::exists(link)) << link;
    EXPECT_EQ(test::bytes_of(link), test::a_jpeg(100, 50));
    fs::remove_all(images);
}

TEST_F(LayoutsTest, coco_tells_boxes_points_and_outlines_with_ids_from_1)
{
    auto image = training_image(1, ImageSet::train, {{"b", 10, 20, 30, 10}});
    image.point_annotations = {{"w", 50, 25}};
    image.segmentation_annotations = {{"r", Shape{{{10, 10}, {30, 10}, {30, 30}, {10, 30}}}},
                                      {"r", Shape{{{1, 1}, {2, 2}}}}};
    sample.learn_from(
        {image, training_image(2, ImageSet::train, {{"b", 0, 0, 1, 1}}), training_image(3, ImageSet::val)});
    write(DatasetLayout::coco);
    EXPECT_EQ(
        text("annotations/train.json"),
        "{\"info\": {}, \"categories\": [{\"id\":1,\"name\":\"beet\",\"supercategory\":\"\"},"
        "{\"id\":2,\"name\":\"row\",\"supercategory\":\"\"},{\"id\":3,\"name\":\"weed\",\"supercategory\":\"\"}],\n"
        "\"images\": [\n"
        "{\"id\":1,\"file_name\":\"00000000-0000-0000-0000-000000000001.jpg\",\"width\":100,\"height\":50},\n"
        "{\"id\":2,\"file_name\":\"00000000-0000-0000-0000-000000000002.jpg\",\"width\":100,\"height\":50}\n"
        "],\n\"annotations\": [\n"
        "{\"category_id\":1,\"bbox\":[10.0,20.0,30.0,10.0],\"area\":300.0,\"iscrowd\":0,\"id\":1,\"image_id\":1},\n"
        "{\"category_id\":3,\"bbox\":[45.0,20.0,10.0,10.0],\"area\":100.0,\"iscrowd\":0,\"id\":2,\"image_id\":1},\n"
        "{\"category_id\":2,\"bbox\":[10.0,10.0,20.0,20.0],\"area\":400.0,\"iscrowd\":0,"
        "\"segmentation\":[[10.0,10.0,30.0,10.0,30.0,30.0,10.0,30.0]],\"id\":3,\"image_id\":1},\n"
        "{\"category_id\":1,\"bbox\":[0.0,0.0,1.0,1.0],\"area\":1.0,\"iscrowd\":0,\"id\":4,\"image_id\":2}\n"
        "]}\n");
    EXPECT_EQ(read_json("annotations/val.json").at("annotations").as_array().size(), 0U);
    EXPECT_EQ(names(), "annotations/test.json\nannotations/train.json\nannotations/val.json\n"
                       "images/00000000-0000-0000-0000-000000000001.jpg\n"
                       "images/00000000-0000-0000-0000-000000000002.jpg\n"
                       "images/00000000-0000-0000-0000-000000000003.jpg\n");
}

TEST_F(LayoutsTest, loop_tells_what_the_loop_told)
{
    auto image = training_image(1, ImageSet::train, {{"b", 10, 20, 30, 10}});
    image.segmentation_annotations = {{"r", Shape{{{1, 2}, {3, 4}, {5, 6}}}}};
    sample.learn_from({image});
    write(DatasetLayout::loop);
    auto const document = read_json("dataset.json");
    EXPECT_EQ(document.at("categories").as_array().size(), 4U);
    auto const& row = document.at("images").at(0);
    EXPECT_EQ(row.at("set"), "train");
    EXPECT_EQ(row.at("box_annotations").at(0).at("width"), 30.0);
    EXPECT_EQ(row.at("segmentation_annotations").at(0).at("shape").at("points").as_array().size(), 3U);
}

TEST_F(LayoutsTest, what_a_crash_left_half_is_made_anew_and_what_is_whole_stays)
{
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    test::put(training.folder / "dataset.unfinished/images/train" / (image_id(1) + ".jpg"), "half");
    write(DatasetLayout::yolo);
    EXPECT_FALSE(fs::exists(training.folder / "dataset.unfinished"));
    test::put(dataset / "mark", "");
    fs::remove(training.images / (image_id(1) + ".jpg"));
    write(DatasetLayout::yolo);
    EXPECT_TRUE(fs::exists(dataset / "mark"));
}

TEST_F(LayoutsTest, what_fails_leaves_no_folder_that_looks_whole)
{
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    auto const picture = training.images / (image_id(2) + ".jpg");
    fs::remove(picture);
    for (auto const layout : {DatasetLayout::yolo, DatasetLayout::coco}) {
        EXPECT_EQ(refusal(layout), "the picture " + picture.string() + " is missing");
        EXPECT_FALSE(fs::exists(dataset));
    }
}

TEST_F(LayoutsTest, a_dataset_that_nobody_could_learn_from_is_refused_with_the_remedy)
{
    sample.learn_from({training_image(1, ImageSet::test)});
    EXPECT_EQ(refusal(DatasetLayout::loop),
              "there are no images of the set 'train': annotate some, or move some there");
    sample.learn_from({training_image(1, ImageSet::train)});
    EXPECT_TRUE(refusal(DatasetLayout::coco).ends_with("by the hyperparameter compute_validation_set"));
    sample.learn_from({training_image(1, ImageSet::train), training_image(2, ImageSet::val)});
    training.categories.resize(1);
    EXPECT_EQ(refusal(DatasetLayout::yolo), "there are no categories of boxes or points, which this trainer learns");
    fs::remove(training.dataset);
    EXPECT_TRUE(refusal(DatasetLayout::yolo).ends_with("there is no such file"));
}

} // namespace
} // namespace learning_loop
