#include "learning_loop/trainer/command/yolo_texts.h"

#include "unit/trainer/command/sample_training.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using test::image_id;

struct YoloTextsTest : testing::Test {
    test::SampleTraining sample;
    BoxClasses const classes{sample.training.categories};
    std::filesystem::path const texts = sample.folder / "texts";
    DetectionJob const job{{}, sample.folder / "list.txt", sample.folder / "detections.jsonl"};

    std::string found(std::string const& text)
    {
        std::string all;
        for (auto const& [box, confidence] : read_yolo_text(text, classes, 100, 50)) {
            for (auto const number : {double(box.class_index), box.x1, box.y1, box.x2, box.y2, confidence})
                all += to_text(number) + " ";
            all += "| ";
        }
        return all;
    }
};

TEST_F(YoloTextsTest, have_a_box_in_each_line)
{
    EXPECT_EQ(found("0 0.5 0.5 0.25 0.5 0.75\n1 0.25 0.5 0.5 1\n"),
              "0.0 37.5 12.5 62.5 37.5 0.75 | 1.0 0.0 0.0 50.0 50.0 1.0 | ");
    EXPECT_EQ(found("0\t0.5 0.5 0.25 0.5 0.75\n"), "");
    EXPECT_EQ(found(" 0  0.5 0.5 0.25 0.5 0.75\r\n"), "0.0 37.5 12.5 62.5 37.5 0.75 | ");
}

TEST_F(YoloTextsTest, are_clipped_to_the_image)
{
    EXPECT_EQ(found("0 1 1 0.5 0.5 0.5\n"), "0.0 75.0 37.5 100.0 50.0 0.5 | ");
}

TEST_F(YoloTextsTest, that_make_no_sense_are_passed_over)
{
    for (std::string const line :
         {"2 0.5 0.5 0.25 0.5 0.75", "-1 0.5 0.5 0.25 0.5 0.75", "0 0.5 0.5 0.25 0.5 1.5", "0 0.5 0.5 nan 0.5 0.5",
          "0 0.5 0.5 0.25", "0 0.5 0.5 0.25 0.5 0.75 7", "a b c d e", "0 5 5 0.1 0.1 0.5", "1e300 0.5 0.5 0.1 0.1",
          "0 0.5 0.5 0 0 0.5", "0 0.5 0.5 0.25 0.5 nan", "", "0.5,0.5"}) {
        EXPECT_EQ(found(line + "\n"), "") << line;
    }
}

TEST_F(YoloTextsTest, are_at_most_three_thousand_boxes_of_an_image)
{
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "0 0.5 0.5 0.25 0.5 0.75\n";
    EXPECT_EQ(read_yolo_text(text, classes, 100, 50).size(), 3000U);
}

TEST_F(YoloTextsTest, become_a_line_for_each_image_of_the_list_with_or_without_a_text)
{
    std::string list;
    for (int number : {1, 2}) {
        test::put(sample.training.images / (image_id(number) + ".jpg"), test::a_jpeg(100, 50));
        list += (sample.training.images / (image_id(number) + ".jpg")).string() + "\n";
    }
    test::put(job.image_list, list + "/nowhere/" + image_id(3) + ".jpg\n");
    test::put(texts / (image_id(1) + ".txt"), "0 0.5 0.5 0.2 0.4 0.75\n1 0.25 0.5 0.1 0.2 0.5\n");
    test::put(job.detections, "there\n");
    ASSERT_TRUE(collect_yolo_texts(sample.training, job, texts));
    EXPECT_EQ(
        test::bytes_of(job.detections),
        "there\n"
        "{\"box_detections\":[{\"category_name\":\"beet\",\"x\":40,\"y\":15,\"width\":20,\"height\":20,\"model_"
        "name\":\"\","
        "\"confidence\":0.75,\"category_id\":\"b\"}],\"point_detections\":[{\"category_name\":\"weed\",\"x\":25.0,"
        "\"y\":25.0,"
        "\"model_name\":\"\",\"confidence\":0.5,\"category_id\":\"w\"}],\"segmentation_detections\":[],"
        "\"classification_detections\":[],\"image_id\":\"" +
            image_id(1) +
            "\"}\n"
            "{\"box_detections\":[],\"point_detections\":[],\"segmentation_detections\":[],"
            "\"classification_detections\":[],\"image_id\":\"" +
            image_id(2) + "\"}\n");
}

TEST_F(YoloTextsTest, that_are_links_are_not_followed)
{
    test::put(sample.folder / "secret", "0 0.5 0.5 0.2 0.4 0.75\n");
    std::filesystem::create_directories(texts);
    std::filesystem::create_symlink(sample.folder / "secret", texts / (image_id(1) + ".txt"));
    EXPECT_TRUE(read_yolo_file(texts, image_id(1), classes, 100, 50).empty());
}

} // namespace
} // namespace learning_loop
