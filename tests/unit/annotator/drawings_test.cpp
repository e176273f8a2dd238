#include "learning_loop/annotator/drawings.h"

#include "learning_loop/async/task_group.h"
#include "support/eventually.h"
#include "support/run.h"
#include "support/sample_images.h"

#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <mutex>

namespace learning_loop {
namespace {

using test::Io;

std::string const an_image = "00000000-0000-0000-0000-000000000001";
std::string const another_image = "00000000-0000-0000-0000-000000000002";

/// What all tools of a test do, and what they were asked.
struct Tools {
    std::mutex guard;
    std::vector<UserAction> actions;
    std::atomic<bool> hold = false; ///< Tools that are asked wait meanwhile.
    std::atomic<int> begun = 0, ended = 0, at_work = 0, most_at_work = 0;
    std::function<Result<Drawing>(UserAction const&)> answer;

    std::size_t asked()
    {
        std::lock_guard const lock(guard);
        return actions.size();
    }
};

/// Answers how often it was asked, unless the test says otherwise.
class CountingTool final : public AnnotatorLogic {
public:
    explicit CountingTool(Tools& tools) : tools_(tools) { ++tools_.begun; }
    ~CountingTool() override { ++tools_.ended; }

    Result<Drawing> handle(UserAction const& action, cv::Mat const& bgr) override
    {
        EXPECT_EQ(bgr.size(), cv::Size(8, 8));
        int const now = ++tools_.at_work;
        int most = tools_.most_at_work;
        while (now > most && !tools_.most_at_work.compare_exchange_weak(most, now)) {
        }
        {
            std::lock_guard const lock(tools_.guard);
            tools_.actions.push_back(action);
        }
        EXPECT_TRUE(test::eventually([&] { return !tools_.hold; }));
        --tools_.at_work;
        if (tools_.answer) return tools_.answer(action);
        return Drawing{std::to_string(++count_), {}};
    }

private:
    Tools& tools_;
    int count_ = 0;
};

NodeSettings without_loop()
{
    NodeSettings settings;
    settings.loop_host = "127.0.0.1:1";
    return settings;
}

UserInput input(EventType type, int x = 1, std::string window = "w", std::string image = an_image)
{
    UserInput input;
    input.frontend_id = std::move(window);
    input.data.coordinate = {x, 2};
    input.data.event_type = type;
    input.data.context = {"zauberzeug", "demo"};
    input.data.image_uuid = std::move(image);
    input.data.category.id = "plant";
    return input;
}

UserInput key(std::string name, std::string window = "w")
{
    auto pressed = input(EventType::key_up, 1, std::move(window));
    pressed.data.key_up = std::move(name);
    return pressed;
}

struct DrawingsTest : testing::Test {
    Io io;
    test::TempFolder folder;
    Tools tools;
    Metrics metrics;
    std::vector<SegmentationAnnotation> sent;
    Result<void> taken;
    NodeSettings const settings = without_loop();
    LoopSession session{io.executor(), settings};
    AnnotatorMetrics annotator_metrics{metrics};
    std::optional<ShownImages> images;
    std::optional<Drawings> drawings;
    TaskGroup tasks{io.executor()};
    AnnotatorFactory begin = [this] { return std::make_unique<CountingTool>(tools); };
    std::vector<std::string> answers; ///< In the order in which they came.

    void SetUp() override
    {
        for (auto const& id : {an_image, another_image})
            test::put(folder / ("zauberzeug/demo/images/" + id + ".jpg"), test::a_jpeg());
        start({.threads = 2, .max_windows = 10});
    }
    void TearDown() override
    {
        tools.hold = false;
        io.run(tasks.join());
    }
    void start(DrawingOptions options)
    {
        drawings.reset();
        images.emplace(session, ShownImageOptions{folder.path(), 1 << 20, 1 << 20, {}});
        auto const send = [this](Context, SegmentationAnnotation shape) { return note(std::move(shape)); };
        drawings.emplace(*images, annotator_metrics, options, begin, send);
    }
    Task<Result<void>> note(SegmentationAnnotation shape)
    {
        sent.push_back(std::move(shape));
        co_return taken;
    }
    Result<std::string> handle(UserInput what) { return io.run(drawings->handle(std::move(what))); }

    Task<> handle_and_note(UserInput what)
    {
        auto const answer = co_await drawings->handle(std::move(what));
        answers.push_back(answer ? *answer : answer.error().message);
    }
    Task<> forget(std::string window) { (co_await drawings->forget(std::move(window))).value(); }
    void post(UserInput what) { tasks.spawn("an action", handle_and_note(std::move(what))); }
    void wait_for_tool()
    {
        EXPECT_TRUE(io.run_until([&] { return tools.asked() > 0; }));
    }
};

TEST_F(DrawingsTest, have_a_tool_of_its_own_for_each_window)
{
    EXPECT_EQ(handle(input(EventType::left_mouse_down)).value(), "1");
    EXPECT_EQ(handle(input(EventType::mouse_move)).value(), "2");
    EXPECT_EQ(handle(input(EventType::left_mouse_down, 1, "another")).value(), "1");
    EXPECT_EQ(handle(input(EventType::mouse_move)).value(), "3");
    EXPECT_EQ(drawings->count(), 2u);
}

TEST_F(DrawingsTest, forget_what_was_drawn_after_escape_and_draw_nothing)
{
    handle(input(EventType::left_mouse_down)).value();
    EXPECT_EQ(handle(key("Escape")).value(), "");
    EXPECT_EQ(tools.ended, 1);
    EXPECT_EQ(handle(input(EventType::left_mouse_down)).value(), "1");
}

TEST_F(DrawingsTest, forget_a_window_that_is_closed)
{
    handle(input(EventType::left_mouse_down)).value();
    io.run(drawings->forget("w")).value();
    io.run(drawings->forget("never seen")).value();
    EXPECT_EQ(tools.ended, 1);
    EXPECT_EQ(drawings->count(), 0u);
}

TEST_F(DrawingsTest, begin_anew_on_another_image)
{
    handle(input(EventType::left_mouse_down)).value();
    EXPECT_EQ(handle(input(EventType::left_mouse_down, 1, "w", another_image)).value(), "1");
    EXPECT_EQ(handle(input(EventType::left_mouse_down)).value(), "1");
}

TEST_F(DrawingsTest, forget_what_was_drawn_if_the_tool_fails_and_tell_why)
{
    handle(input(EventType::left_mouse_down)).value();
    tools.answer = [](UserAction const&) -> Result<Drawing> { return Error{Errc::unprocessable, "draw a box first"}; };
    EXPECT_EQ(handle(input(EventType::left_mouse_up)).error().message, "draw a box first");
    EXPECT_EQ(tools.ended, 1);
    tools.answer = [](UserAction const&) -> Result<Drawing> { throw std::runtime_error("secret of the log"); };
    EXPECT_EQ(handle(input(EventType::left_mouse_up)).error().message,
              "the annotator's tool failed: its log tells why");
    EXPECT_EQ(tools.ended, 2);
}

TEST_F(DrawingsTest, send_nothing_that_the_loop_could_not_read)
{
    std::vector<Drawing> const wrong{
        {"", Polygon{{{1, 1}, {2, 2}}}},
        {"", Polygon{{{1, 1}, {2, 2}, {std::numeric_limits<double>::quiet_NaN(), 1}}}},
        {"\xff", {}},
        {std::string(Drawings::max_svg_bytes + 1, 'x'), {}},
    };
    for (auto const& drawing : wrong) {
        tools.answer = [&](UserAction const&) -> Result<Drawing> { return drawing; };
        EXPECT_EQ(handle(input(EventType::left_mouse_up)).error().code, Errc::unavailable);
    }
    EXPECT_TRUE(sent.empty());
}

TEST_F(DrawingsTest, send_a_finished_shape_and_end_the_drawing)
{
    Polygon const shape{{{1, 1}, {5, 1}, {5, 5}}};
    tools.answer = [&](UserAction const&) -> Result<Drawing> { return Drawing{"<g/>", shape}; };
    EXPECT_EQ(handle(key("Enter")).value(), "<g/>");
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_EQ(sent[0].image_id, an_image);
    EXPECT_EQ(sent[0].category_id, "plant");
    EXPECT_EQ(sent[0].shape.points.size(), 3u);
    EXPECT_EQ(tools.ended, 1);
    handle(key("Enter")).value();
    EXPECT_NE(sent[0].id, sent[1].id) << "the next drawing is another shape";
}

TEST_F(DrawingsTest, keep_a_finished_drawing_until_the_loop_has_its_shape)
{
    tools.answer = [](UserAction const&) -> Result<Drawing> { return Drawing{"", Polygon{{{1, 1}, {5, 1}, {5, 5}}}}; };
    taken = Error{Errc::unavailable, "the Loop is away"};
    EXPECT_EQ(handle(key("Enter")).error().message, "the Loop is away");
    EXPECT_EQ(tools.ended, 0);
    taken = {};
    handle(key("Enter")).value();
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].id, sent[1].id) << "if the Loop has it nevertheless, it is the same shape";
    EXPECT_EQ(tools.ended, 1);
}

TEST_F(DrawingsTest, merge_moves_that_wait_into_one_and_answer_all_of_them)
{
    tools.hold = true;
    post(input(EventType::left_mouse_down, 0));
    wait_for_tool();
    for (int x = 1; x <= 5; ++x) post(input(EventType::mouse_move, x));
    post(input(EventType::left_mouse_up, 6));
    post(input(EventType::mouse_move, 7));
    tools.hold = false;
    EXPECT_TRUE(io.run_until([&] { return answers.size() == 8; }));
    EXPECT_EQ(answers, (std::vector<std::string>{"1", "2", "2", "2", "2", "2", "3", "4"}));
    ASSERT_EQ(tools.asked(), 4u);
    EXPECT_EQ(int{tools.actions[1].coordinate.x}, 5);
    EXPECT_EQ(tools.actions[1].passed.size(), 4u);
    EXPECT_EQ(int{tools.actions[2].coordinate.x}, 6);
}

TEST_F(DrawingsTest, work_for_two_windows_at_the_same_time_and_for_one_in_its_order)
{
    tools.hold = true;
    post(input(EventType::left_mouse_down, 1, "one"));
    post(input(EventType::left_mouse_up, 1, "one"));
    post(input(EventType::left_mouse_down, 1, "two"));
    EXPECT_TRUE(io.run_until([&] { return tools.at_work == 2; }));
    EXPECT_EQ(tools.asked(), 2u);
    tools.hold = false;
    EXPECT_TRUE(io.run_until([&] { return answers.size() == 3; }));
    EXPECT_EQ(tools.most_at_work, 2);
}

TEST_F(DrawingsTest, forget_who_was_idle_longest_beyond_the_most_windows)
{
    start({.threads = 1, .max_windows = 2});
    for (auto const* window : {"a", "b", "a", "c"}) handle(input(EventType::left_mouse_down, 1, window)).value();
    EXPECT_EQ(drawings->count(), 2u);
    EXPECT_EQ(handle(input(EventType::mouse_move, 1, "a")).value(), "3");
    EXPECT_EQ(handle(input(EventType::mouse_move, 1, "b")).value(), "1") << "it was forgotten";
}

TEST_F(DrawingsTest, forget_nothing_that_comes_after_the_end_of_a_window)
{
    tools.hold = true;
    post(input(EventType::left_mouse_down));
    wait_for_tool();
    tasks.spawn("the end of the window", forget("w"));
    post(input(EventType::left_mouse_down, 5));
    post(input(EventType::left_mouse_up, 6));
    tools.hold = false;
    EXPECT_TRUE(io.run_until([&] { return answers.size() == 3; }));
    EXPECT_EQ(answers, (std::vector<std::string>{"1", "1", "2"}));
    EXPECT_EQ(handle(input(EventType::mouse_move)).value(), "3") << "it is one drawing";
}

TEST_F(DrawingsTest, tell_that_a_tool_cannot_even_begin)
{
    for (int kind = 0; kind < 2; ++kind) {
        begin = [kind]() -> std::unique_ptr<AnnotatorLogic> {
            if (kind == 0) throw std::runtime_error("no GPU");
            return nullptr;
        };
        start({.threads = 1, .max_windows = 1});
        EXPECT_EQ(handle(input(EventType::left_mouse_down)).error().message,
                  "the annotator's tool failed: its log tells why");
    }
}

TEST_F(DrawingsTest, tell_what_the_disk_refuses)
{
    std::filesystem::remove_all(folder / "zauberzeug/demo");
    test::put(folder / "zauberzeug/demo", "a file where the folder should be");
    EXPECT_EQ(handle(input(EventType::left_mouse_down)).error().code, Errc::unavailable);
}

TEST_F(DrawingsTest, refuse_ids_that_could_lead_elsewhere)
{
    auto wrong = input(EventType::mouse_move, 1, "w", "../../etc/passwd");
    EXPECT_EQ(handle(wrong).error().message, "data.image_uuid: is no UUID");
    wrong = input(EventType::mouse_move);
    wrong.data.context.organization = "..";
    EXPECT_EQ(handle(wrong).error().message, "data.context: names no project");
    EXPECT_EQ(handle(input(EventType::mouse_move, 1, std::string(300, 'w'))).error().code, Errc::invalid_argument);
}

TEST_F(DrawingsTest, delete_an_image_that_is_broken_on_the_disk_so_that_it_is_fetched_anew)
{
    auto const file = folder / ("zauberzeug/demo/images/" + another_image + ".jpg");
    test::put(file, "cut");
    EXPECT_NE(handle(input(EventType::mouse_move, 1, "w", another_image)).error().message.find("cannot be drawn on"),
              std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(DrawingsTest, tell_if_a_tool_hangs_at_the_end)
{
    tools.hold = true;
    post(input(EventType::left_mouse_down));
    wait_for_tool();
    EXPECT_FALSE(io.run(drawings->finish(std::chrono::milliseconds(1))));
    tools.hold = false;
    EXPECT_TRUE(io.run(drawings->finish(std::chrono::seconds(20))));
}

} // namespace
} // namespace learning_loop
