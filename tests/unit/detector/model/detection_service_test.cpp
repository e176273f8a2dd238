#include "learning_loop/detector/model/detection_service.h"

#include "learning_loop/async/all.h"
#include "support/fake_detector_logic.h"
#include "support/run.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <stdexcept>
#include <utility>

namespace learning_loop {
namespace {

ModelInformation model_of(std::string const& version)
{
    ModelInformation model;
    model.version = version;
    model.categories = {{"id of weed", "weed", {}, {}, {}, {}, {}}, {"id of crop", "crop", {}, {}, {}, {}, {}}};
    return model;
}

struct DetectionServiceTest : testing::Test {
    test::Io io;
    std::shared_ptr<test::FakeFindings> findings = std::make_shared<test::FakeFindings>(); // shared: with the logics
    DetectionService service{io.executor(), test::fake_factory(findings), 2};

    Result<void> load(std::string const& version) { return io.run(service.load(model_of(version))); }
    Result<std::vector<Evaluated>> detect_all(std::vector<SentImage> images, bool with_previews = false)
    {
        return io.run(service.detect(std::move(images), with_previews));
    }
    Result<ImageMetadata> detect(std::string const& bytes)
    {
        auto evaluated = detect_all({test::sent_file(bytes)});
        if (!evaluated) return evaluated.error();
        return evaluated->front().found;
    }
};

TEST_F(DetectionServiceTest, is_not_there_before_a_model_is)
{
    EXPECT_FALSE(service.ready());
    EXPECT_EQ(service.model(), nullptr);
    auto const found = detect(test::a_jpeg());
    EXPECT_EQ(found.error().code, Errc::unavailable);
    EXPECT_TRUE(found.error().message.starts_with("detector not yet initialized")) << found.error().message;
}

TEST_F(DetectionServiceTest, builds_one_instance_for_each_stream)
{
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(findings->instances, 2);
    EXPECT_EQ(service.model()->version, "1");
}

TEST_F(DetectionServiceTest, fills_what_the_logic_left_open)
{
    ASSERT_TRUE(load("1.3"));
    findings->next->box_detections = {{"weed", 1, 2, 3, 4, "", 0.5, std::nullopt},
                                      {"crop", 1, 2, 3, 4, "own", 0.5, "own id"}};
    findings->next->point_detections = {{"crop", 1, 2, "", 0.5, ""}};
    findings->next->classification_detections = {{"unknown", "", 0.5, std::nullopt}};
    auto const found = detect(test::a_jpeg()).value();
    EXPECT_EQ(found.box_detections[0].category_id, "id of weed");
    EXPECT_EQ(found.box_detections[0].model_name, "1.3");
    EXPECT_EQ(found.box_detections[1].category_id, "own id");
    EXPECT_EQ(found.box_detections[1].model_name, "own");
    EXPECT_EQ(found.point_detections[0].category_id, "id of crop");
    EXPECT_EQ(found.classification_detections[0].category_id, std::nullopt);
}

TEST_F(DetectionServiceTest, shows_the_logic_the_whole_image)
{
    ASSERT_TRUE(load("1"));
    ASSERT_TRUE(detect(test::a_jpeg(13, 7)));
    EXPECT_EQ(findings->sizes, std::vector{cv::Size(13, 7)});
}

TEST_F(DetectionServiceTest, refuses_what_is_no_image)
{
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(detect("no image").error().code, Errc::invalid_argument);
    EXPECT_EQ(findings->calls, 0);
}

TEST_F(DetectionServiceTest, hands_on_the_error_of_the_logic)
{
    ASSERT_TRUE(load("1"));
    findings->next = Error{Errc::unprocessable, "too dark"};
    EXPECT_EQ(detect(test::a_jpeg()).error().message, "too dark");
}

TEST_F(DetectionServiceTest, keeps_the_old_model_when_the_new_one_cannot_be_built)
{
    findings->broken_version = "2";
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(load("2").error().message, "the weights are broken");
    EXPECT_EQ(service.model()->version, "1");
    EXPECT_TRUE(detect(test::a_jpeg()));
    EXPECT_TRUE(load("3"));
    EXPECT_EQ(service.model()->version, "3");
}

TEST_F(DetectionServiceTest, takes_an_exception_of_the_users_factory_for_a_model_that_is_broken)
{
    DetectionService throwing(
        io.executor(),
        [](auto const&) -> Result<std::unique_ptr<DetectorLogic>> { throw std::runtime_error("no GPU"); }, 1);
    auto const loaded = io.run(throwing.load(model_of("1")));
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().message, "no GPU");
    EXPECT_FALSE(throwing.ready());
}

TEST_F(DetectionServiceTest, takes_what_is_no_std_exception_for_a_model_that_is_broken_too)
{
    ASSERT_TRUE(load("1"));
    service.build_with([](auto const&) -> Result<std::unique_ptr<DetectorLogic>> { throw 7; });
    auto const loaded = load("2");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, Errc::invalid_argument);
    EXPECT_EQ(service.model()->version, "1");
}

TEST_F(DetectionServiceTest, takes_a_factory_that_makes_no_instance_for_a_model_that_is_broken)
{
    ASSERT_TRUE(load("1"));
    service.build_with([](auto const&) -> Result<std::unique_ptr<DetectorLogic>> { return nullptr; });
    EXPECT_EQ(load("2").error().message, "the detector's factory made no instance");
    EXPECT_TRUE(detect(test::a_jpeg()));
}

Task<Result<void>> replace_factory(DetectionService& service, std::latch& begun, std::latch& go_on)
{
    begun.wait();
    service.build_with({});
    go_on.count_down();
    co_return Result<void>();
}

TEST_F(DetectionServiceTest, builds_with_the_factory_that_it_had_when_it_was_asked)
{
    std::latch begun{1};
    std::latch go_on{1};
    auto const factory = [&, name = std::string(100, 'a')](auto const&) -> Result<std::unique_ptr<DetectorLogic>> {
        begun.count_down();
        go_on.wait(); // meanwhile it is replaced
        return Error{Errc::invalid_argument, name};
    };
    DetectionService other(io.executor(), factory, 1);
    std::vector<Task<Result<void>>> tasks;
    tasks.push_back(other.load(model_of("1")));
    tasks.push_back(replace_factory(other, begun, go_on));
    EXPECT_EQ(io.run(all(std::move(tasks))).at(0).error().message, std::string(100, 'a'));
}

TEST_F(DetectionServiceTest, gives_up_on_an_image_that_takes_too_long)
{
    std::latch begun{1};
    std::latch go_on{1};
    struct Stuck final : DetectorLogic {
        Stuck(std::latch& begun_, std::latch& go_on_) : begun(begun_), go_on(go_on_) {}
        Result<ImageMetadata> evaluate(cv::Mat const&) override
        {
            begun.count_down();
            go_on.wait();
            return ImageMetadata{};
        }
        std::latch& begun;
        std::latch& go_on;
    };
    auto const factory = [&](auto const&) -> Result<std::unique_ptr<DetectorLogic>> {
        return std::make_unique<Stuck>(begun, go_on);
    };
    DetectionService slow(io.executor(), factory, 1, {}, std::chrono::milliseconds(1));
    io.run(slow.load(model_of("1"))).value();
    do { // an image whose turn comes after the time is not begun any more
        auto const found = io.run(slow.detect({test::sent_file(test::a_jpeg())}, false));
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().code, Errc::unavailable);
        EXPECT_EQ(found.error().message, "the detection took longer than 1 ms: try again later");
    } while (!begun.try_wait());
    EXPECT_FALSE(io.run(slow.finish(std::chrono::milliseconds(1)))); // it is still stuck
    go_on.count_down();
    EXPECT_TRUE(io.run(slow.finish(std::chrono::seconds(10))));
}

TEST_F(DetectionServiceTest, frees_the_old_instances)
{
    auto const with_two_logics = findings.use_count() + 2;
    ASSERT_TRUE(load("1"));
    ASSERT_TRUE(load("2"));
    EXPECT_TRUE(io.run_until([&] { return findings.use_count() == with_two_logics; }));
    EXPECT_EQ(findings->instances, 4);
}

TEST_F(DetectionServiceTest, frees_what_was_built_and_never_took_over)
{
    auto const with_two_logics = findings.use_count() + 2;
    ASSERT_TRUE(load("1"));
    auto built = io.run(service.build(model_of("2"))).value();
    EXPECT_EQ(service.model()->version, "1");
    built.reset();
    EXPECT_TRUE(io.run_until([&] { return findings.use_count() == with_two_logics; }));
}

/// Holds the first image that is evaluated until it is let go.
struct HeldImage {
    std::latch begun{1};
    std::latch go_on{1};

    explicit HeldImage(test::FakeFindings& findings)
    {
        findings.before = [this, first = true]() mutable {
            if (!std::exchange(first, false)) return;
            begun.count_down();
            go_on.wait();
        };
    }
};

Task<Result<std::string>> version_that_evaluates(DetectionService& service)
{
    std::vector<SentImage> images{test::sent_file(test::a_jpeg())};
    auto const evaluated = co_await service.detect(std::move(images), false);
    if (!evaluated) co_return evaluated.error();
    co_return evaluated->front().found.box_detections.at(0).model_name;
}

Task<Result<std::string>> swap_meanwhile(DetectionService& service, HeldImage& held, std::string next)
{
    auto built = co_await service.build(model_of(next));
    held.begun.wait();
    service.take_over(std::move(*built));
    held.go_on.count_down();
    co_return service.model()->version;
}

TEST_F(DetectionServiceTest, ends_a_request_under_the_model_it_began_under)
{
    ASSERT_TRUE(load("1"));
    findings->next->box_detections = {{"weed", 1, 2, 3, 4, "", 0.5, std::nullopt}};
    HeldImage held(*findings);
    std::vector<Task<Result<std::string>>> tasks;
    tasks.push_back(version_that_evaluates(service));
    tasks.push_back(swap_meanwhile(service, held, "2"));
    auto const answers = io.run(all(std::move(tasks)));
    EXPECT_EQ(answers.at(0).value() + " while " + answers.at(1).value(), "1 while 2");
    EXPECT_EQ(io.run(version_that_evaluates(service)).value(), "2");
}

TEST_F(DetectionServiceTest, frees_the_old_model_before_there_is_another_and_says_which_one_comes)
{
    auto const without_logics = findings.use_count();
    ASSERT_TRUE(load("1"));
    ASSERT_TRUE(io.run(service.make_room_for("2")));
    EXPECT_EQ(findings.use_count(), without_logics);
    EXPECT_EQ(service.updating_to(), "2");
    auto const refused = detect(test::a_jpeg());
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(refused.error().message, "updating model to version 2");
    EXPECT_EQ(service.check_ready().error().message, "updating model to version 2");
    ASSERT_TRUE(load("2"));
    EXPECT_EQ(service.updating_to(), std::nullopt);
    EXPECT_TRUE(service.check_ready());
}

Task<Result<std::string>> make_room_meanwhile(DetectionService& service, HeldImage& held)
{
    held.begun.wait();
    auto const room = co_await service.make_room_for("2");
    held.go_on.count_down();
    co_return room.error().message;
}

TEST_F(DetectionServiceTest, keeps_a_model_that_an_image_does_not_let_go)
{
    DetectionService impatient(io.executor(), test::fake_factory(findings), 1, {}, std::chrono::milliseconds(50));
    io.run(impatient.load(model_of("1"))).value();
    HeldImage held(*findings);
    std::vector<Task<Result<std::string>>> tasks;
    tasks.push_back(version_that_evaluates(impatient));
    tasks.push_back(make_room_meanwhile(impatient, held));
    EXPECT_TRUE(io.run(all(std::move(tasks))).at(1).value().starts_with("images are still being evaluated"));
    EXPECT_EQ(impatient.model()->version, "1");
    EXPECT_TRUE(io.run(impatient.finish(std::chrono::seconds(10))));
}

TEST_F(DetectionServiceTest, spreads_a_batch_over_its_streams)
{
    ASSERT_TRUE(load("1"));
    std::vector<SentImage> images;
    for (int const width : {1, 2, 3, 4, 5}) images.push_back(test::sent_file(test::a_jpeg(width, 1)));
    auto const evaluated = detect_all(std::move(images)).value();
    ASSERT_EQ(evaluated.size(), 5u);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(evaluated[static_cast<std::size_t>(i)].size, cv::Size(i + 1, 1));
    std::sort(findings->batches.begin(), findings->batches.end());
    EXPECT_EQ(findings->batches, (std::vector<std::size_t>{2, 3}));
}

TEST_F(DetectionServiceTest, fills_every_item_of_a_batch)
{
    ASSERT_TRUE(load("1.3"));
    findings->next->box_detections = {{"weed", 1, 2, 3, 4, "", 0.5, std::nullopt}};
    auto const evaluated = detect_all(std::vector(3, test::sent_file(test::a_jpeg()))).value();
    for (auto const& one : evaluated) EXPECT_EQ(one.found.box_detections.at(0).category_id, "id of weed");
}

TEST_F(DetectionServiceTest, refuses_a_batch_of_which_one_share_fails)
{
    ASSERT_TRUE(load("1"));
    auto const refused = detect_all({test::sent_file(test::a_jpeg()), test::sent_file("no image", "images[1]")});
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().message.starts_with("images[1]: ")) << refused.error().message;
    EXPECT_TRUE(detect(test::a_jpeg()));
}

TEST_F(DetectionServiceTest, serves_on_after_a_logic_that_threw_or_gave_too_few_results)
{
    ASSERT_TRUE(load("1"));
    findings->before = [] { throw 7; };
    EXPECT_THROW(detect(test::a_jpeg()), std::runtime_error);
    EXPECT_THROW(detect_all(std::vector(4, test::sent_file(test::a_jpeg()))), std::runtime_error);
    findings->before = nullptr;
    findings->left_out = 1;
    EXPECT_THROW(detect_all(std::vector(4, test::sent_file(test::a_jpeg()))), std::runtime_error);
    findings->left_out = 0;
    EXPECT_EQ(detect_all(std::vector(4, test::sent_file(test::a_jpeg())))->size(), 4u);
    EXPECT_TRUE(detect(test::a_jpeg()));
    EXPECT_EQ(service.requests(), 0u);
}

TEST_F(DetectionServiceTest, makes_a_preview_of_the_first_image_for_who_wants_one)
{
    ASSERT_TRUE(load("1"));
    auto const images = std::vector(4, test::sent_file(test::a_jpeg()));
    EXPECT_EQ(detect_all(images)->at(0).preview, "");
    auto const evaluated = detect_all(images, true).value();
    EXPECT_NE(evaluated.at(0).preview, "");
    for (std::size_t i = 1; i < evaluated.size(); ++i) EXPECT_EQ(evaluated[i].preview, "") << i; // on any stream
}

TEST_F(DetectionServiceTest, refuses_an_image_beyond_its_limits)
{
    ImageLimits limits;
    limits.max_pixels = 63;
    DetectionService small(io.executor(), test::fake_factory(findings), 1, limits);
    io.run(small.load(model_of("1"))).value();
    EXPECT_EQ(io.run(small.detect({test::sent_file(test::a_jpeg(8, 8))}, false)).error().code, Errc::too_large);
    EXPECT_TRUE(io.run(small.detect({test::sent_file(test::a_jpeg(7, 9))}, false)));
}

TEST_F(DetectionServiceTest, lets_go_of_the_model)
{
    auto const without_logics = findings.use_count();
    ASSERT_TRUE(load("1"));
    io.run(service.unload());
    EXPECT_EQ(findings.use_count(), without_logics);
    EXPECT_FALSE(service.ready());
    EXPECT_EQ(detect(test::a_jpeg()).error().code, Errc::unavailable);
    io.run(service.unload()); // which changes nothing
    EXPECT_TRUE(load("1"));
}

TEST_F(DetectionServiceTest, builds_the_next_model_with_the_factory_that_it_was_given)
{
    ASSERT_TRUE(load("1"));
    auto const others = std::make_shared<test::FakeFindings>();
    others->next->tags = {"other"};
    service.build_with(test::fake_factory(others));
    EXPECT_TRUE(detect(test::a_jpeg())->tags.empty());
    ASSERT_TRUE(load("1"));
    EXPECT_EQ(detect(test::a_jpeg())->tags, std::vector<std::string>{"other"});
}

} // namespace
} // namespace learning_loop
