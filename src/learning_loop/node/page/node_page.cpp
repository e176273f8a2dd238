#include "learning_loop/node/page/node_page.h"

#include "learning_loop/base/timestamps.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/node/page/node_page_files.h"
#include "learning_loop/node/page/page_files.h"

#include <cmath>

namespace learning_loop {
namespace {

/// JSON has no word for infinity or for what is no number.
bool is_sayable(CurvePoint const& point)
{
    return std::isfinite(point.x) && std::isfinite(point.y);
}

class NodePage {
public:
    explicit NodePage(std::function<NodeStatus()> status) : status_(std::move(status)) {}

    void add_to(http::Router& router)
    {
        router.get("/live", *this, &NodePage::snapshot)
            .summary("How the node is: what it works on, what it has done and what is wrong.")
            .open_to(http::Access::operators);
    }

private:
    Task<Result<NodeSnapshot>> snapshot()
    {
        NodeSnapshot told{timestamp_now(), status_()};
        for (auto& curve : told.status.curves)
            std::erase_if(curve.points, [](CurvePoint const& point) { return !is_sayable(point); });
        co_return told;
    }

    std::function<NodeStatus()> status_;
};

} // namespace

void add_node_page(http::Router& router, std::function<NodeStatus()> status)
{
    add_page_files(router, "What the node does and how it is, for people.",
                   {node_html(), node_css(), node_js(), std::string(node_icon())});
    router.keep<NodePage>(std::move(status));
}

} // namespace learning_loop
