#include "support/fake_dataset_loop.h"

#include "learning_loop/base/text.h"
#include "learning_loop/data/loop_api.h"
#include "support/sample_images.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace learning_loop::test {
namespace {

/// Takes the first status off the list; the last one stays. 200 if there is none.
int take_next(std::vector<int>& statuses, bool last_stays)
{
    if (statuses.empty()) return 200;
    auto const status = statuses.front();
    if (statuses.size() > 1 || !last_stays) statuses.erase(statuses.begin());
    return status;
}

std::string row_of(FakeDatasetImage const& image)
{
    return R"({"id":")" + image.id + R"(","set":")" + image.set + '"' + image.more_row + "}";
}

http::Response json_text(std::string text, int status)
{
    auto response = http::text_response(std::move(text), status);
    response.content_type = "application/json";
    return response;
}

} // namespace

std::string fake_image_id(int number)
{
    return "0f6c1b5e-0000-4000-8000-" + std::to_string(1'000'000'000'000 + number).substr(1);
}

FakeDatasetLoop::FakeDatasetLoop() : server_(add_routes()) {}

http::Router& FakeDatasetLoop::add_routes()
{
    router_.get(loop_api::data, *this, &FakeDatasetLoop::list);
    router_.get(loop_api::images, *this, &FakeDatasetLoop::rows);
    router_.get(loop_api::image_file, *this, &FakeDatasetLoop::image);
    return router_;
}

void FakeDatasetLoop::add_images(int count)
{
    with([&](auto& state) {
        for (int i = 1; i <= count; ++i) state.images.push_back({fake_image_id(i), "train", a_jpeg(8, 6, i % 256)});
    });
}

int FakeDatasetLoop::times_asked_for(std::string const& id)
{
    return with([&](auto& state) { return state.downloads[id]; });
}

FakeDatasetLoop::Answer FakeDatasetLoop::list(http::Request)
{
    std::string ids;
    auto const status = with([&](auto& state) {
        for (auto const& id : state.odd_ids) ids += (ids.empty() ? "\"" : ",\"") + id + '"';
        for (auto const& image : state.images) ids += (ids.empty() ? "\"" : ",\"") + image.id + '"';
        return take_next(state.list_statuses, false);
    });
    co_return json_text(R"({"image_ids":[)" + ids + "]}", status);
}

FakeDatasetLoop::Answer FakeDatasetLoop::rows(http::Request request)
{
    auto const ids = parts_of(request.query_value("ids").value_or(""), ',');
    std::string rows;
    auto const status = with([&](auto& state) {
        state.page_sizes.push_back(static_cast<int>(ids.size()));
        for (auto const& image : state.images) {
            if (!image.has_row || std::ranges::find(ids, image.id) == ids.end()) continue;
            rows.insert(0, row_of(image) + (rows.empty() ? "" : ",")); // in another order than asked for
        }
        return take_next(state.page_statuses, false);
    });
    co_return json_text(R"({"images":[)" + rows + "]}", status);
}

FakeDatasetLoop::Answer FakeDatasetLoop::image(http::Request request)
{
    auto const id = request.path_param("image");
    std::string bytes;
    auto const status = with([&](auto& state) {
        ++state.downloads[id];
        ++state.all_downloads;
        state.most_at_once = std::max(state.most_at_once, ++state.downloads_now);
        if (state.good_downloads >= 0 && state.all_downloads > state.good_downloads) return 503;
        auto const found = std::ranges::find(state.images, id, &FakeDatasetImage::id);
        if (found == state.images.end() || found->bytes.empty()) return 404;
        bytes = found->bytes;
        if (auto& sent = state.sent[id]; !sent.empty()) {
            bytes = sent.front();
            sent.erase(sent.begin());
        }
        return take_next(state.statuses[id], true);
    });
    co_await wait_while_held();
    with([](auto& state) { --state.downloads_now; });
    auto response = http::text_response(status == 200 ? bytes : "not now", status);
    response.content_type = "image/jpeg";
    co_return response;
}

Task<> FakeDatasetLoop::wait_while_held()
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    do {
        timer.expires_after(std::chrono::milliseconds(2));
        co_await timer.async_wait(boost::asio::use_awaitable);
    } while (with([](auto& state) { return state.holds_downloads; }));
}

} // namespace learning_loop::test
