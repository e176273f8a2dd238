#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

struct DetectionRepositoryTest : StoreTest {
    DetectionRepositoryTest() { EXPECT_TRUE(test::run(intake.add(project.number, {image(1), image(2)}))); }

    static FoundInImage boxes(int number, std::string const& model, int count)
    {
        Detections detections;
        detections.image_id = image(number).id;
        for (int i = 0; i < count; ++i) detections.box_detections.push_back({"beet", i, 2, 3, 4, model, 0.5, {}});
        return {detections, {}};
    }
    std::size_t count(int number, std::optional<std::string> const& model = {})
    {
        return test::run(images.find(project.number, {image(number).id}, model))->at(0).box_detections.size();
    }
    std::int64_t replace(std::vector<FoundInImage> const& list)
    {
        return test::run(detections.replace(project.number, list)).value();
    }
};

TEST_F(DetectionRepositoryTest, what_a_model_found_takes_the_place_of_what_it_found_before)
{
    EXPECT_EQ(replace({boxes(1, "1.0", 3), boxes(2, "1.0", 1)}), 2);
    EXPECT_EQ(replace({boxes(1, "1.1", 2)}), 1);
    EXPECT_EQ(replace({boxes(1, "1.0", 1)}), 1);
    EXPECT_EQ(count(1, "1.0"), 1u);
    EXPECT_EQ(count(1, "1.1"), 2u);
    EXPECT_EQ(count(1, "9.9"), 0u);
    EXPECT_EQ(count(1), 3u);
    EXPECT_EQ(count(2), 1u);
}

TEST_F(DetectionRepositoryTest, the_only_model_of_a_list_found_nothing_in_images_without_a_detection)
{
    replace({boxes(1, "1.0", 3), boxes(1, "1.1", 1), boxes(2, "1.0", 1)});
    EXPECT_EQ(replace({boxes(1, "1.0", 0), boxes(2, "1.0", 2)}), 2);
    EXPECT_EQ(count(1, "1.0"), 0u);
    EXPECT_EQ(count(1, "1.1"), 1u);
    EXPECT_EQ(count(2, "1.0"), 2u);
}

TEST_F(DetectionRepositoryTest, nobody_knows_which_of_several_models_or_of_none_found_nothing)
{
    replace({boxes(1, "1.0", 3)});
    EXPECT_EQ(replace({boxes(1, "1.0", 0)}), 1);
    EXPECT_EQ(replace({boxes(1, "1.0", 0), boxes(2, "1.0", 1), boxes(2, "1.1", 1)}), 3);
    EXPECT_EQ(count(1), 3u);
}

TEST_F(DetectionRepositoryTest, an_image_that_is_not_there_is_left_out)
{
    EXPECT_EQ(replace({boxes(1, "1.0", 1), boxes(7, "1.0", 1)}), 1);
    EXPECT_EQ(test::run(detections.find_images(project.number, {image(1).id, image(7).id}))->size(), 1u);
}

TEST_F(DetectionRepositoryTest, remarks_are_added_to_those_of_the_image)
{
    auto found = boxes(1, "1.0", 1);
    found.remarks.add("box_detections[1]", "its width is 0", "{}");
    replace({found, boxes(2, "1.0", 1)});
    replace({found});
    EXPECT_EQ(test::run(images.find(project.number, {image(1).id}))->at(0).remarks.size(), 2u);
    EXPECT_EQ(test::run(images.find(project.number, {image(2).id}))->at(0).remarks.size(), 0u);
}

TEST_F(DetectionRepositoryTest, a_long_list_is_kept_whole)
{
    EXPECT_EQ(replace({boxes(1, "1.0", 5000), boxes(2, "1.0", 3000)}), 2);
    EXPECT_EQ(count(1), 5000u);
    EXPECT_EQ(count(2), 3000u);
}

} // namespace
} // namespace learning_loop::store
