#include "learning_loop/scene/outline.h"

#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <limits>
#include <queue>
#include <set>
#include <unordered_map>

namespace learning_loop {
namespace {

using Line = std::vector<cv::Point>;

/// The ways of all pixels of a mask to a line, which touch as few pixels as possible that are not in the mask.
class Ways {
public:
    Ways(cv::Mat const& mask, Line const& line)
        : width_(mask.cols), cost_(mask.total(), unknown), next_(mask.total(), none)
    {
        for (auto const& at : line) reach(at, 0, none);
        while (!open_.empty()) {
            auto const [cost, index] = open_.top();
            open_.pop();
            if (cost > cost_[static_cast<std::size_t>(index)]) continue;
            auto const at = pixel(index);
            auto const near = cv::Rect(at.x - 1, at.y - 1, 3, 3) & cv::Rect({}, mask.size());
            for (int y = near.y; y < near.y + near.height; ++y) {
                for (int x = near.x; x < near.x + near.width; ++x)
                    reach({x, y}, cost + (mask.at<std::uint8_t>(y, x) != 0 ? 1 : foreign_cost), index);
            }
        }
    }

    static constexpr int none = -1;

    int index(cv::Point at) const { return at.y * width_ + at.x; }
    cv::Point pixel(int index) const { return {index % width_, index / width_}; }
    int cost(cv::Point at) const { return cost_[static_cast<std::size_t>(index(at))]; }
    int next(int index) const { return next_[static_cast<std::size_t>(index)]; } ///< `none` on the line.

private:
    static constexpr int unknown = std::numeric_limits<int>::max();
    static constexpr int foreign_cost = 1000;

    void reach(cv::Point at, int cost, int from)
    {
        auto const place = static_cast<std::size_t>(index(at));
        if (cost >= cost_[place]) return;
        cost_[place] = cost;
        next_[place] = from;
        open_.emplace(cost, index(at));
    }

    using Step = std::pair<int, int>; // cost and index

    int width_;
    std::vector<int> cost_;
    std::vector<int> next_;
    std::priority_queue<Step, std::vector<Step>, std::greater<>> open_;
};

/// A walk along all loops, which goes from one to the next along a way and back the same way.
class Walk {
public:
    Walk(cv::Mat const& mask, std::vector<Line> loops) : ways_(mask, loops.front()), loops_(std::move(loops))
    {
        for (std::size_t i = 1; i < loops_.size(); ++i) tie(i);
    }

    Line line()
    {
        for (auto const& at : loops_.front()) visit(at);
        return std::move(line_);
    }

private:
    struct Stop {
        std::vector<int> branches;
        std::vector<std::size_t> loops; ///< They begin here.
    };

    void tie(std::size_t number)
    {
        auto& loop = loops_[number];
        auto const cheaper = [this](cv::Point a, cv::Point b) { return ways_.cost(a) < ways_.cost(b); };
        std::rotate(loop.begin(), std::min_element(loop.begin(), loop.end(), cheaper), loop.end());
        auto at = ways_.index(loop.front());
        stops_[at].loops.push_back(number);
        for (auto next = ways_.next(at); next != Ways::none && tied_.insert(at).second; next = ways_.next(at)) {
            stops_[next].branches.push_back(at);
            at = next;
        }
    }

    void visit(cv::Point at)
    {
        line_.push_back(at);
        auto const found = stops_.extract(ways_.index(at)); // a line may come by more than once
        if (found.empty()) return;
        for (auto const branch : found.mapped().branches) {
            visit(ways_.pixel(branch));
            line_.push_back(at);
        }
        for (auto const number : found.mapped().loops) {
            auto const& loop = loops_[number];
            for (std::size_t i = 1; i < loop.size(); ++i) visit(loop[i]);
            line_.push_back(at);
        }
    }

    Ways ways_;
    std::vector<Line> loops_;
    std::unordered_map<int, Stop> stops_;
    std::set<int> tied_;
    Line line_;
};

/// Without the points that lie on the way from the one before to the one behind. Steps lead to neighbours.
Line without_middles(Line line)
{
    line.erase(std::unique(line.begin(), line.end()), line.end());
    while (line.size() > 1 && line.front() == line.back()) line.pop_back();
    Line corners;
    for (std::size_t i = 0; i < line.size(); ++i) {
        auto const before = line[(i + line.size() - 1) % line.size()];
        auto const behind = line[(i + 1) % line.size()];
        if (line[i] - before != behind - line[i]) corners.push_back(line[i]);
    }
    return corners;
}

} // namespace

std::vector<cv::Point> outline_of(cv::Mat const& mask, cv::Point from)
{
    std::vector<Line> loops;
    cv::findContours(mask, loops, cv::RETR_LIST, cv::CHAIN_APPROX_NONE);
    if (loops.empty()) return {};
    auto const longer = [](Line const& a, Line const& b) { return a.size() > b.size(); };
    std::stable_sort(loops.begin(), loops.end(), longer);
    auto line = loops.size() == 1 ? std::move(loops.front()) : Walk(mask, std::move(loops)).line();
    line = without_middles(std::move(line));
    for (auto& at : line) at += from;
    return line;
}

} // namespace learning_loop
