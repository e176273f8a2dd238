// An annotator for tests: a line along all places where something was done, which is a shape once the left button is
// let go. With the right button it fails: pressed, the tool returns an error; let go, it throws.
#include "learning_loop/annotator/run_annotator_node.h"

#include <stdexcept>

namespace ll = learning_loop;

class Line final : public ll::AnnotatorLogic {
public:
    ll::Result<ll::Drawing> handle(ll::UserAction const& action, cv::Mat const&) override
    {
        if (action.event_type == ll::EventType::right_mouse_down)
            return ll::Error{ll::Errc::unprocessable, "there is nothing to the right"};
        if (action.event_type == ll::EventType::right_mouse_up) throw std::runtime_error("what nobody outside may see");
        for (auto const& at : action.passed) add(at);
        add(action.coordinate);
        ll::Drawing drawing{.svg = "<polyline points=\"" + svg_points_ + "\"/>", .finished = {}};
        if (action.event_type == ll::EventType::left_mouse_up) drawing.finished = line_;
        return drawing;
    }

private:
    void add(ll::Coordinate at)
    {
        constexpr std::size_t max_points = 10'000;
        if (line_.points.size() == max_points) return;
        line_.points.push_back({.x = 1.0 * at.x, .y = 1.0 * at.y});
        if (!svg_points_.empty()) svg_points_ += " ";
        svg_points_ += std::to_string(at.x) + "," + std::to_string(at.y);
    }

    ll::Polygon line_;
    std::string svg_points_;
};

int main(int argc, char** argv)
{
    return ll::run_annotator_node<Line>("scripted_annotator", argc, argv);
}
