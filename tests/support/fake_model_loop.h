#pragma once

#include "support/running_server.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace learning_loop::test {

/// A model of a FakeModelLoop.
struct FakeModel {
    std::string id;
    std::string version;
    std::vector<std::string> formats;
    std::string created = "2024-01-31T12:00:00";
};

/// What a FakeModelLoop is to do, and what it was asked.
struct FakeModelLoopState {
    std::map<std::string, std::vector<FakeModel>> projects; ///< By `<organization>/<project>`.
    std::map<std::string, std::string> zips;                ///< By `<model id>/<format>`.
    std::string odd_models;                                 ///< JSON that stands before those of each project's list.
    int status_of_projects = 200;
    std::map<std::string, int> statuses_of_models; ///< Of the lists, by project; 200 unless told.
    std::vector<int> upload_statuses;              ///< Of the next uploads, instead of what an honest Loop answers.
    bool loses_answers = false;                    ///< An upload that was taken is answered 500.
    int projects_asked = 0;
    int downloads = 0;
    std::vector<std::string> uploads;                                ///< `<model id>/<format>` of each, in their order.
    std::map<std::string, std::map<std::string, std::string>> files; ///< Of those that were taken: bytes by name.
};

/// The part of a Loop that a converter talks REST to, on a real port.
class FakeModelLoop {
public:
    FakeModelLoop();

    std::string url() const { return server_.url(); }

    /// Calls `use` with the state, while no request changes it.
    template <class Use>
    auto with(Use use)
    {
        std::lock_guard const lock(guard_);
        return use(state_);
    }

    void add(std::string const& project, FakeModel model, std::string zip); ///< In the first of its formats.
    std::vector<std::string> uploads();
    std::map<std::string, std::string> files_of(std::string const& upload); ///< Empty: not taken.

private:
    using Answer = Task<Result<http::Response>>;

    http::Router& add_routes();
    Answer projects(http::Request request);
    Answer models(http::Request request);
    Answer download(http::Request request);
    Answer upload(http::Request request);
    int take(http::Request const& request);

    std::mutex guard_;
    FakeModelLoopState state_;
    http::Router router_;
    RunningServer server_;
};

} // namespace learning_loop::test
