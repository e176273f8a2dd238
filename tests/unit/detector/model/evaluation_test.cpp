#include "learning_loop/detector/model/evaluation.h"

#include "support/fake_detector_logic.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace learning_loop {
namespace {

struct EvaluationTest : testing::Test {
    std::shared_ptr<test::FakeFindings> findings = std::make_shared<test::FakeFindings>(); // shared: with the logic
    test::FakeDetectorLogic logic{findings};
    Evaluation evaluation;

    void add(std::string bytes)
    {
        auto const number = std::to_string(evaluation.images.size());
        evaluation.images.push_back(test::sent_file(std::move(bytes), "images[" + number + "]"));
    }
    void add_images(int count, int width_px = 10, int height_px = 10)
    {
        for (int i = 0; i < count; ++i) add(test::a_jpeg(width_px, height_px));
    }
    bool nobody_waits = false;

    Result<std::vector<Evaluated>> run()
    {
        return evaluation.run(logic, [this] { return nobody_waits; });
    }
    std::string thrown()
    {
        try {
            run();
        } catch (std::runtime_error const& failure) {
            return failure.what();
        }
        return "nothing";
    }
};

using Sizes = std::vector<std::size_t>;

TEST_F(EvaluationTest, shows_a_single_image_by_itself)
{
    findings->next->tags = {"dark"};
    add(test::a_jpeg(13, 7));
    auto const evaluated = run().value();
    ASSERT_EQ(evaluated.size(), 1u);
    EXPECT_EQ(evaluated[0].found.tags, std::vector<std::string>{"dark"});
    EXPECT_EQ(evaluated[0].size, cv::Size(13, 7));
    EXPECT_EQ(findings->calls, 1);
    EXPECT_TRUE(findings->batches.empty());
}

TEST_F(EvaluationTest, shows_several_images_in_one_batch_in_their_order)
{
    for (int const width : {10, 20, 30}) add(test::a_jpeg(width, 8));
    auto const evaluated = run().value();
    ASSERT_EQ(evaluated.size(), 3u);
    EXPECT_EQ(evaluated[2].size, cv::Size(30, 8));
    EXPECT_EQ(findings->batches, Sizes{3});
    EXPECT_EQ(findings->sizes, (std::vector{cv::Size(10, 8), cv::Size(20, 8), cv::Size(30, 8)}));
}

TEST_F(EvaluationTest, shows_as_many_images_at_once_as_have_the_pixels_of_one)
{
    evaluation.limits.max_pixels = 250;
    add_images(5);
    EXPECT_EQ(run()->size(), 5u);
    EXPECT_EQ(findings->batches, (Sizes{2, 2, 1}));
}

TEST_F(EvaluationTest, shows_images_one_by_one_if_no_two_fit)
{
    evaluation.limits.max_pixels = 100;
    add_images(3);
    EXPECT_EQ(run()->size(), 3u);
    EXPECT_EQ(findings->batches, (Sizes{1, 1, 1}));
}

TEST_F(EvaluationTest, counts_the_pixels_of_arrays_as_it_does_those_of_files)
{
    evaluation.limits.max_pixels = 250;
    for (int i = 0; i < 3; ++i)
        evaluation.images.push_back({Bytes(std::string(300, 'x')), "image", PixelLayout{10, 10, 3}});
    EXPECT_EQ(run()->size(), 3u);
    EXPECT_EQ(findings->batches, (Sizes{2, 1}));
}

TEST_F(EvaluationTest, refuses_all_images_if_one_is_none_and_names_it)
{
    add_images(2);
    add("no image");
    auto const refused = run();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_TRUE(refused.error().message.starts_with("images[2]: ")) << refused.error().message;
}

TEST_F(EvaluationTest, refuses_an_image_that_has_too_many_pixels_by_itself)
{
    evaluation.limits.max_pixels = 99;
    add_images(1);
    EXPECT_EQ(run().error().code, Errc::too_large);
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(EvaluationTest, hands_on_the_error_of_the_logic)
{
    findings->next = Error{Errc::unprocessable, "too dark"};
    add_images(1);
    EXPECT_EQ(run().error().message, "too dark");
    add_images(1);
    EXPECT_EQ(run().error().message, "too dark");
}

TEST_F(EvaluationTest, says_that_the_logic_gave_a_wrong_number_of_results)
{
    findings->left_out = 1;
    add_images(3);
    EXPECT_EQ(thrown(), "the detector's logic gave 2 results for a batch of 3 images");
}

TEST_F(EvaluationTest, says_what_the_logic_threw)
{
    add_images(1);
    findings->before = [] { throw std::invalid_argument("no such layer"); };
    EXPECT_EQ(thrown(), "the detector's logic threw: no such layer");
    findings->before = [] { throw 7; };
    EXPECT_EQ(thrown(), "the detector's logic threw what is no std::exception");
    findings->before = nullptr;
    EXPECT_EQ(thrown(), "nothing");
}

TEST_F(EvaluationTest, says_what_the_logic_threw_in_a_batch)
{
    add_images(2);
    findings->before = [] { throw 7; };
    EXPECT_EQ(thrown(), "the detector's logic threw what is no std::exception");
}

TEST_F(EvaluationTest, goes_on_to_no_other_batch_when_nobody_waits_any_more)
{
    add_images(Evaluation::max_batch_images + 1);
    findings->before = [this] { nobody_waits = true; }; // while the first batch is evaluated
    EXPECT_EQ(run().error().code, Errc::unavailable);
    EXPECT_EQ(findings->batches, std::vector<std::size_t>{Evaluation::max_batch_images});
}

TEST_F(EvaluationTest, makes_previews_only_if_it_is_told_to)
{
    add(test::a_jpeg(1280, 640));
    EXPECT_EQ(run()->at(0).preview, "");
    evaluation.with_preview = true;
    EXPECT_EQ(decode_image(run()->at(0).preview)->size(), cv::Size(640, 320));
}

TEST_F(EvaluationTest, makes_a_preview_of_the_first_image_of_a_batch_alone)
{
    evaluation.with_preview = true;
    evaluation.limits.max_pixels = 100;
    add_images(2);
    auto const evaluated = run().value();
    EXPECT_NE(evaluated[0].preview, "");
    EXPECT_EQ(evaluated[1].preview, "");
}

TEST_F(EvaluationTest, measures_what_each_image_took)
{
    evaluation.asked -= std::chrono::seconds(5);
    add_images(2);
    auto const evaluated = run().value();
    for (auto const& one : evaluated) {
        EXPECT_GE(one.waiting, std::chrono::seconds(5));
        EXPECT_GT(one.decoding.count(), 0);
        EXPECT_GT(one.evaluating.count(), 0);
    }
    EXPECT_EQ(evaluated[0].evaluating, evaluated[1].evaluating); // each its share
}

} // namespace
} // namespace learning_loop
