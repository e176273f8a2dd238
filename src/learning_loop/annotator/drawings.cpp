#include "learning_loop/annotator/drawings.h"

#include "learning_loop/annotator/merge_moves.h"
#include "learning_loop/async/holds_within.h"
#include "learning_loop/async/running_task.h"
#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/base/utf8.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace learning_loop {
namespace asio = boost::asio;

/// Of one person: at most one drawing at a time.
struct Drawings::Window {
    std::string frontend;
    Context project;
    std::string image_id;
    std::unique_ptr<AnnotatorLogic> logic; ///< Null: nothing is drawn.
    std::string shape_id;                  ///< The Loop replaces a shape that comes again.
    StepPtr last;                          ///< That came; it may wait, be worked on or have ended.
    int waiting = 0;                       ///< Steps that have not ended.

    void end_drawing()
    {
        logic.reset();
        shape_id.clear();
    }
};

/// An action, and the moves that were merged into it.
struct Drawings::Step {
    Step(asio::any_io_executor executor, UserAction action_)
        : action(std::move(action_)), ended(std::move(executor), asio::steady_timer::time_point::max())
    {}

    UserAction action;
    bool has_begun = false;
    Result<std::string> answer = Error{Errc::unavailable, "the annotator ends"};
    asio::steady_timer ended;
};

namespace {

constexpr std::size_t max_id_bytes = 255;
constexpr auto* nobody_knows_why = "the annotator's tool failed: its log tells why";

Result<void> check(UserInput const& input)
{
    auto const& data = input.data;
    if (input.frontend_id.size() > max_id_bytes) return Error{Errc::invalid_argument, "frontend_id: is too long"};
    if (!is_uuid(data.image_uuid)) return Error{Errc::invalid_argument, "data.image_uuid: is no UUID"};
    if (!is_name(data.context.organization) || !is_name(data.context.project))
        return Error{Errc::invalid_argument, "data.context: names no project"};
    return {};
}

/// Runs the author's code, which may throw anything.
Result<Drawing> ask(std::unique_ptr<AnnotatorLogic>& logic, AnnotatorFactory const& begin, UserAction const& action,
                    cv::Mat const& bgr)
{
    try {
        if (!logic) logic = begin();
        if (logic) return logic->handle(action, bgr);
        log::error("the annotator's factory returned no tool");
    } catch (std::exception const& failure) {
        log::error("the annotator's tool threw: {}", failure.what());
    } catch (...) {
        log::error("the annotator's tool threw what is no std::exception");
    }
    return Error{Errc::unavailable, nobody_knows_why};
}

/// What cannot be sent is the author's mistake.
Result<void> check(Drawing const& drawing)
{
    if (drawing.svg.size() > Drawings::max_svg_bytes || !is_utf8(drawing.svg)) {
        log::error("the annotator's tool made an SVG that is too long ({} bytes) or no UTF-8", drawing.svg.size());
        return Error{Errc::unavailable, nobody_knows_why};
    }
    if (!drawing.finished) return {};
    auto const& points = drawing.finished->points;
    auto const is_finite = [](Point const& point) { return std::isfinite(point.x) && std::isfinite(point.y); };
    if (points.size() >= 3 && std::ranges::all_of(points, is_finite)) return {};
    log::error("the annotator's tool finished a shape without three corners, or with one that is no number");
    return Error{Errc::unavailable, nobody_knows_why};
}

} // namespace

Drawings::Drawings(ShownImages& images, AnnotatorMetrics& metrics, DrawingOptions options, AnnotatorFactory begin,
                   SendShape send)
    : images_(images),
      metrics_(metrics),
      options_(options),
      begin_(std::move(begin)),
      send_(std::move(send)),
      pool_("the annotator's tool", options.threads, Lane::unbounded)
{}

Task<Result<std::string>> Drawings::handle(UserInput input)
{
    if (auto const good = check(input); !good) co_return good.error();
    auto const window = find_or_add(input.frontend_id);
    UserAction action{std::move(input.data), {}};
    auto const last = window->last;
    if (last && !last->has_begun && can_merge(last->action, action)) {
        last->action = merge(std::move(last->action), std::move(action), max_passed);
        metrics_.count_merged();
        about_to_wait_for("a later move");
        co_await last->ended.async_wait(asio::as_tuple(asio::use_awaitable));
        co_return last->answer;
    }
    auto step = std::make_shared<Step>(co_await asio::this_coro::executor, std::move(action));
    window->last = step;
    co_return co_await take_step(window, std::move(step));
}

Task<Result<std::string>> Drawings::take_step(WindowPtr window, StepPtr step)
{
    struct Counted {
        Window& window;
        Step& step;
        ~Counted()
        {
            --window.waiting;
            step.has_begun = true;
            step.ended.expires_at(asio::steady_timer::time_point::min()); // also for a wait that has yet to begin
        }
    };
    ++window->waiting;
    Counted const counted{*window, *step};
    auto const began = std::chrono::steady_clock::now();
    auto const turn = co_await turns_.take(window->frontend);
    if (!turn) {
        step->answer = Error{Errc::unavailable, "the annotator cannot keep up with this window: wait a moment"};
        co_return step->answer;
    }
    step->has_begun = true;
    step->answer = co_await act(window, std::move(step->action));
    metrics_.count_answer(std::chrono::steady_clock::now() - began, step->answer.has_value());
    forget_idle_windows();
    co_return step->answer;
}

/// To be called by whoever has the window's turn.
Task<Result<std::string>> Drawings::act(WindowPtr window, UserAction action)
{
    if (action.key_up == "Escape") {
        window->end_drawing();
        co_return std::string();
    }
    auto const image_id = lower_case(action.image_uuid);
    if (window->image_id != image_id || window->project != action.context) window->end_drawing();
    window->image_id = image_id;
    window->project = action.context;
    auto image = co_await images_.load(action.context, image_id);
    if (!image) co_return image.error();
    auto drawing = co_await ask_logic(window, action, std::move(*image));
    if (!drawing) {
        window->end_drawing();
        co_return drawing.error();
    }
    if (drawing->finished) {
        auto const sent = co_await send_finished(window, std::move(action), std::move(*drawing->finished));
        if (!sent) co_return sent.error();
    }
    co_return std::move(drawing->svg);
}

Task<Result<Drawing>> Drawings::ask_logic(WindowPtr window, UserAction action, ShownImages::Image image)
{
    auto const job = [this, window, action = std::move(action), image = std::move(image)]() -> Result<Drawing> {
        auto drawing = ask(window->logic, begin_, action, *image);
        if (!drawing) return drawing;
        if (auto const good = check(*drawing); !good) return good.error();
        return drawing;
    };
    co_return co_await pool_.run(job);
}

Task<Result<void>> Drawings::send_finished(WindowPtr window, UserAction action, Polygon shape)
{
    if (window->shape_id.empty()) window->shape_id = new_uuid();
    SegmentationAnnotation annotation{window->shape_id, std::move(shape), window->image_id, action.category.id};
    auto const sent = co_await send_(window->project, std::move(annotation));
    metrics_.count_shape(sent.has_value());
    if (sent) window->end_drawing();
    co_return sent;
}

Task<Result<void>> Drawings::forget(std::string frontend)
{
    auto const window = find(frontend);
    if (!window) co_return Result<void>();
    auto const turn = co_await turns_.take(frontend);
    if (!turn) co_return turn.error();
    window->end_drawing();
    if (window->waiting == 0) std::erase(windows_, window);
    co_return Result<void>();
}

Task<bool> Drawings::finish(std::chrono::milliseconds grace)
{
    auto has_ended = [this] { return pool_.waiting() == 0; };
    return holds_within(std::move(has_ended), grace);
}

std::size_t Drawings::count() const
{
    auto const draws = [](WindowPtr const& window) { return window->waiting > 0 || window->logic; };
    return static_cast<std::size_t>(std::ranges::count_if(windows_, draws));
}

Drawings::WindowPtr Drawings::find(std::string const& frontend)
{
    auto const is_it = [&](WindowPtr const& window) { return window->frontend == frontend; };
    auto const known = std::ranges::find_if(windows_, is_it);
    if (known == windows_.end()) return nullptr;
    windows_.splice(windows_.begin(), windows_, known);
    return windows_.front();
}

Drawings::WindowPtr Drawings::find_or_add(std::string const& frontend)
{
    if (auto window = find(frontend)) return window;
    windows_.push_front(std::make_shared<Window>());
    windows_.front()->frontend = frontend;
    forget_idle_windows();
    return windows_.front();
}

void Drawings::forget_idle_windows()
{
    auto window = windows_.end();
    while (windows_.size() > options_.max_windows && window != std::next(windows_.begin())) {
        --window;
        if ((*window)->waiting == 0) window = windows_.erase(window);
    }
}

} // namespace learning_loop
