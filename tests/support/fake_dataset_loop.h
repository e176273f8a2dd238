#pragma once

#include "support/running_server.h"

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace learning_loop::test {

/// An image of a FakeDatasetLoop.
struct FakeDatasetImage {
    std::string id;
    std::string set = "train";
    std::string bytes;                                 ///< Empty: the Loop lists it and does not have it.
    bool has_row = true;                               ///< False: the Loop lists it and knows nothing of it.
    std::string more_row = R"(,"width":8,"height":6)"; ///< What its row says beside its id and set.
};

/// What a FakeDatasetLoop is to do, and what it was asked.
struct FakeDatasetLoopState {
    std::vector<FakeDatasetImage> images;                 ///< All of them complete, in this order.
    std::vector<std::string> odd_ids;                     ///< That it lists beside them, first.
    std::vector<int> list_statuses;                       ///< Of the next lists of ids, instead of 200.
    std::vector<int> page_statuses;                       ///< Of the next pages of rows.
    std::map<std::string, std::vector<int>> statuses;     ///< Of the next downloads of an image; the last one for ever.
    std::map<std::string, std::vector<std::string>> sent; ///< Bytes of the next downloads, instead of its own.
    int good_downloads = -1;                              ///< After as many every one is answered 503; -1: never.
    bool holds_downloads = false;                         ///< They get no answer meanwhile.
    std::vector<int> page_sizes;                          ///< Ids of each page that was asked for.
    std::map<std::string, int> downloads;                 ///< How often each image was asked for.
    int all_downloads = 0;
    int downloads_now = 0; ///< Under way.
    int most_at_once = 0;
};

/// The part of a Loop that a trainer downloads from, on a real port.
class FakeDatasetLoop {
public:
    FakeDatasetLoop();

    std::string url() const { return server_.url(); }
    std::uint16_t port() const { return server_.port(); }

    /// Calls `use` with the state, while no request changes it.
    template <class Use>
    auto with(Use use)
    {
        std::lock_guard const lock(guard_);
        return use(state_);
    }

    /// Images of one colour each, the first of them number 1; see fake_image_id.
    void add_images(int count);
    int times_asked_for(std::string const& id);

private:
    using Answer = Task<Result<http::Response>>;

    http::Router& add_routes();
    Answer list(http::Request request);
    Answer rows(http::Request request);
    Answer image(http::Request request);
    Task<> wait_while_held();

    std::mutex guard_;
    FakeDatasetLoopState state_;
    http::Router router_;
    RunningServer server_;
};

std::string fake_image_id(int number); ///< A UUID, for 0 to 999'999.

} // namespace learning_loop::test
