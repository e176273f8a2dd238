#pragma once

#include "learning_loop/data/detector_status.h"
#include "support/running_server.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace learning_loop::test {

/// What a FakeLoop is to do, and what it was asked.
struct FakeLoopState {
    bool needs_login = false; ///< Without the cookie of a login every other request is answered 401.
    int login_status = 200;
    std::vector<std::string> logins; ///< Bodies of the forms.

    std::vector<int> upload_statuses;              ///< Of the next uploads, instead of what an honest Loop answers.
    std::string broken_image;                      ///< An upload with an image of these bytes is answered 422.
    bool holds_uploads = false;                    ///< They get no answer meanwhile, and a 500 later.
    std::vector<std::vector<std::string>> uploads; ///< File names of each that came.
    std::map<std::string, std::string> images;     ///< The JPEGs that were taken, by file name.
    std::map<std::string, std::string> metadata;   ///< What was taken with them, by file name.
    std::map<std::string, int> times_taken;        ///< Of each image, by file name: it is stored once nevertheless.
    int changed = 0;                               ///< Images that came again under their name, and were not the same.

    std::string target;                      ///< The answer of deployment/target; empty: 404.
    std::string models = R"({"models":[]})"; ///< The answer of models.
    std::map<std::string, std::string> zips; ///< By `<model id>/<format>`.
    int downloads = 0;
    int models_asked = 0;
    bool holds_downloads = false; ///< They get no answer meanwhile.
    bool holds_models = false;    ///< Those who ask for the models, likewise.
    int status_of_reports = 200;
    std::vector<DetectorStatus> reports;
};

/// The part of a Loop that a detector of zauberzeug/demo talks to, on a real port.
class FakeLoop {
public:
    FakeLoop();

    std::uint16_t port() const { return server_.port(); }
    std::string url() const { return server_.url(); }

    /// Calls `use` with the state, while no request changes it.
    template <class Use>
    auto with(Use use)
    {
        std::lock_guard const lock(guard_);
        return use(state_);
    }

private:
    using Answer = Task<Result<http::Response>>;

    http::Router& add_routes();
    Answer login(http::Request request);
    Answer upload(http::Request request);
    Answer target(http::Request request);
    Answer models(http::Request request);
    Answer model_file(http::Request request);
    Answer report(http::Request request);
    Result<void> check(http::Request const& request);
    Task<> wait_while(bool FakeLoopState::*held);

    std::mutex guard_;
    FakeLoopState state_;
    http::Router router_;
    RunningServer server_;
};

} // namespace learning_loop::test
