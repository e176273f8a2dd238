#pragma once

#include "learning_loop/async/pool.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace learning_loop {

/// Several lanes, each with an instance of its own, so that what is not thread safe runs on all cores. The lane with
/// the fewest jobs takes the next one.
template <class Instance>
class Streams {
public:
    Streams(std::string const& name, std::vector<std::unique_ptr<Instance>> instances, int max_waiting_each)
    {
        for (auto& instance : instances)
            streams_.push_back(std::make_unique<Stream>(name, max_waiting_each, std::move(instance)));
    }

    /// Like `Pool::run`, for `job(Instance&)`.
    template <class Job>
    Task<std::invoke_result_t<Job&, Instance&>> run(Job job)
    {
        auto& stream = **std::min_element(streams_.begin(), streams_.end(), [](auto const& a, auto const& b) {
            return a->lane.waiting() < b->lane.waiting();
        });
        auto bound = [job = std::move(job), instance = stream.instance.get()]() mutable { return job(*instance); };
        co_return co_await stream.lane.run(std::move(bound));
    }

private:
    struct Stream {
        Stream(std::string const& name, int max_waiting, std::unique_ptr<Instance> instance_)
            : instance(std::move(instance_)), lane(name, max_waiting)
        {}
        std::unique_ptr<Instance> instance;
        Lane lane; // last: its thread ends before the instance goes
    };
    std::vector<std::unique_ptr<Stream>> streams_;
};

} // namespace learning_loop
