#include "support/fake_loop.h"

#include "learning_loop/data/loop_api.h"
#include "learning_loop/http/multipart.h"
#include "learning_loop/json/json.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace learning_loop::test {
namespace {

constexpr auto* cookie = "session=fake";

/// What an honest Loop answers to the parts of an upload.
int judge(std::vector<http::Part> const& parts, std::string const& broken_image)
{
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        auto const& json = parts[i].file_name;
        auto const& jpeg = parts[i + 1].file_name;
        bool const paired = json.ends_with(".json") && jpeg == json.substr(0, json.size() - 5) + ".jpg";
        if (!paired || parts[i].name != loop_api::files_field || parts[i + 1].name != loop_api::files_field) return 400;
        if (!broken_image.empty() && parts[i + 1].bytes == broken_image) return 422;
    }
    return !parts.empty() && parts.size() <= 2 * loop_api::max_images_per_upload ? 200 : 400;
}

/// Stores the images of an upload, those alone that are not there yet.
void take(std::vector<http::Part> const& parts, FakeLoopState& state)
{
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
        auto const& json = parts[i];
        auto const& jpeg = parts[i + 1];
        auto const& image = state.images.emplace(jpeg.file_name, jpeg.bytes).first->second;
        auto const& metadata = state.metadata.emplace(json.file_name, json.bytes).first->second;
        if (image != jpeg.bytes || metadata != json.bytes) ++state.changed;
        ++state.times_taken[jpeg.file_name];
    }
}

} // namespace

FakeLoop::FakeLoop() : server_(add_routes()) {}

http::Router& FakeLoop::add_routes()
{
    router_.post(loop_api::login, *this, &FakeLoop::login);
    router_.post(loop_api::images, *this, &FakeLoop::upload).body_limit(loop_api::max_image_upload_bytes);
    router_.post(loop_api::detectors, *this, &FakeLoop::report);
    router_.get(loop_api::deployment_target, *this, &FakeLoop::target);
    router_.get(loop_api::models, *this, &FakeLoop::models);
    router_.get(loop_api::model_file, *this, &FakeLoop::model_file);
    return router_;
}

Result<void> FakeLoop::check(http::Request const& request)
{
    if (request.path_param("organization") != "zauberzeug" || request.path_param("project") != "demo")
        return Error{Errc::not_found, "no such project"};
    bool const needs_login = with([](auto& state) { return state.needs_login; });
    if (needs_login && request.headers.find("Cookie") != cookie) return Error{Errc::unauthorized, "log in first"};
    return {};
}

Task<> FakeLoop::wait_while(bool FakeLoopState::*held)
{
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    while (with([&](auto& state) { return state.*held; })) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

FakeLoop::Answer FakeLoop::login(http::Request request)
{
    auto const status = with([&](auto& state) {
        state.logins.push_back(request.body);
        return state.login_status;
    });
    auto response = http::json_response("OK", status);
    if (status == 200) response.headers.add("Set-Cookie", cookie);
    co_return response;
}

FakeLoop::Answer FakeLoop::upload(http::Request request)
{
    auto const parts = http::parse_multipart(request.content_type(), request.body);
    if (!parts) co_return parts.error();
    bool const held = with([&](auto& state) {
        auto& names = state.uploads.emplace_back();
        for (auto const& part : *parts) names.push_back(part.file_name);
        return state.holds_uploads;
    });
    if (auto const allowed = check(request); !allowed) co_return allowed.error();
    co_await wait_while(&FakeLoopState::holds_uploads);
    if (held) co_return http::error_response(500, "held for too long");
    auto const status = with([&](auto& state) {
        if (!state.upload_statuses.empty()) {
            auto const next = state.upload_statuses.front();
            state.upload_statuses.erase(state.upload_statuses.begin());
            if (next != 200) return next;
        }
        auto const fair = judge(*parts, state.broken_image);
        if (fair == 200) take(*parts, state);
        return fair;
    });
    co_return http::json_response(status == 200 ? "OK" : "no", status);
}

FakeLoop::Answer FakeLoop::target(http::Request request)
{
    if (auto const allowed = check(request); !allowed) co_return allowed.error();
    auto const text = with([](auto& state) { return state.target; });
    if (text.empty()) co_return Error{Errc::not_found, "no target"};
    co_return http::text_response(text);
}

FakeLoop::Answer FakeLoop::models(http::Request request)
{
    if (auto const allowed = check(request); !allowed) co_return allowed.error();
    with([](auto& state) { ++state.models_asked; });
    co_await wait_while(&FakeLoopState::holds_models);
    co_return http::text_response(with([](auto& state) { return state.models; }));
}

FakeLoop::Answer FakeLoop::model_file(http::Request request)
{
    if (auto const allowed = check(request); !allowed) co_return allowed.error();
    auto const name = request.path_param("model") + "/" + request.path_param("format");
    auto const zip = with([&](auto& state) {
        ++state.downloads;
        return state.zips.contains(name) ? state.zips.at(name) : std::string();
    });
    co_await wait_while(&FakeLoopState::holds_downloads);
    if (zip.empty()) co_return Error{Errc::not_found, "no such model"};
    co_return http::text_response(zip);
}

FakeLoop::Answer FakeLoop::report(http::Request request)
{
    if (auto const allowed = check(request); !allowed) co_return allowed.error();
    auto const document = parse_json(request.body, "report");
    if (!document) co_return document.error();
    auto status = from_json<DetectorStatus>(*document);
    if (!status) co_return status.error();
    auto const answer = with([&](auto& state) {
        state.reports.push_back(std::move(*status));
        return state.status_of_reports;
    });
    co_return http::json_response(nullptr, answer);
}

} // namespace learning_loop::test
