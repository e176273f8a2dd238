#include "learning_loop/server/projects/split_api.h"

#include "learning_loop/base/log.h"
#include "learning_loop/data/loop_api.h"
#include "learning_loop/data/project.h"
#include "learning_loop/http/api/exact_json.h"
#include "learning_loop/http/api/router.h"
#include "learning_loop/store/project_repository.h"

namespace learning_loop {
namespace {

/// Errors: unprocessable; the message names what is wrong.
Result<Split> split_from(SplitChange const& change)
{
    Split const split{change.train, change.test, change.val.value_or(0)};
    for (auto const& [name, percent] :
         {std::pair("train", split.train), std::pair("test", split.test), std::pair("val", split.val)}) {
        if (percent < 0 || percent > 100) {
            return Error{Errc::unprocessable,
                         std::string(name) + ": " + std::to_string(percent) + " is not within 0 to 100"};
        }
    }
    auto const sum = split.train + split.test + split.val;
    if (sum == 100) return split;
    return Error{Errc::unprocessable, "train, test, val: " + std::to_string(split.train) + ", " +
                                          std::to_string(split.test) + " and " + std::to_string(split.val) + " are " +
                                          std::to_string(sum) + " percent, not 100"};
}

class SplitApi {
public:
    explicit SplitApi(store::ProjectRepository& projects) : projects_(projects) {}

    void add_to(http::Router& router)
    {
        router.get(loop_api::split, *this, &SplitApi::tell)
            .open_to(http::Access::nodes)
            .summary("How the images that come are split, in percent.");
        router.put(loop_api::split, *this, &SplitApi::change)
            .open_to(http::Access::people)
            .summary("Changes that; with `redraw` the images that are there get their sets anew, too.");
    }

private:
    Task<Result<Split>> tell(store::Project project)
    {
        auto const train = 100 - project.test_percent - project.val_percent;
        co_return Split{train, project.test_percent, project.val_percent};
    }

    Task<Result<Split>> change(http::FromExactJson<SplitChange> change, store::Project project)
    {
        auto const split = split_from(change.value);
        if (!split) co_return split.error();
        auto const set = co_await projects_.set_split(project.number, split->test, split->val);
        if (!set) co_return set.error();
        log::info("{}/{}: {} percent of the images are for tests, {} for validation", project.organization,
                  project.name, split->test, split->val);
        if (!change->redraw.value_or(false)) co_return *split;
        auto const drawn = co_await projects_.redraw_sets(project.number);
        if (!drawn) co_return drawn.error();
        co_return *split;
    }

    store::ProjectRepository& projects_;
};

} // namespace

void add_split_api(http::Router& router, store::ProjectRepository& projects)
{
    router.keep<SplitApi>(projects);
}

} // namespace learning_loop
