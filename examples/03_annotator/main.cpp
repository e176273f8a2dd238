// An annotator node: each click adds a corner, Enter finishes the polygon.
#include "learning_loop/annotator/run_annotator_node.h"

namespace ll = learning_loop;

class PolygonTool final : public ll::AnnotatorLogic {
public:
    ll::Result<ll::Drawing> handle(ll::UserAction const& action, cv::Mat const&) override
    {
        if (action.event_type == ll::EventType::left_mouse_down && corners_.points.size() < 1000)
            corners_.points.push_back({double(action.coordinate.x), double(action.coordinate.y)});
        ll::Drawing drawing{.svg = svg(), .finished = {}};
        if (action.key_up == "Enter" && corners_.points.size() >= 3) drawing.finished = corners_;
        return drawing;
    }

private:
    std::string svg() const
    {
        std::string points;
        for (auto const& corner : corners_.points)
            points += std::to_string(int(corner.x)) + "," + std::to_string(int(corner.y)) + " ";
        return "<polygon points=\"" + points + "\" fill=\"none\" stroke=\"yellow\"/>";
    }

    ll::Polygon corners_;
};

int main(int argc, char** argv)
{
    return ll::run_annotator_node<PolygonTool>("polygon_tool", argc, argv);
}
