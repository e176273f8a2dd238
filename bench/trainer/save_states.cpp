#include "learning_loop/trainer/training/training_store.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/json/json.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

// Saves the record of a training of 100,000 images again and again, as a trainer does at each state, and prints a name
// and a number on each line: `median_ms` and `p99_ms` that one takes, durably, `cpu_ms` of it, and `bytes` of the
// record.

namespace {

using namespace learning_loop;
using Clock = std::chrono::steady_clock;

constexpr int saves = 500;

TrainingRecord long_record()
{
    TrainingRecord record;
    record.id = new_uuid();
    record.context = {"bench", "bench"};
    for (int i = 0; i < 20; ++i)
        record.details.categories.push_back({new_uuid(), "category " + std::to_string(i), {}, {}, {}, {}, "box"});
    record.images = {80'000, 10'000, 10'000, 0, 0};
    PublishedState best;
    for (auto const& category : record.details.categories) best.confusion_matrix[category.id] = {1000, 100, 100};
    record.best = best;
    for (int i = 0; i < static_cast<int>(TrainingRecord::max_scores); ++i) record.scores.push_back({1.0 * i, 0.5});
    record.detections = record.detections_sent = 100'000;
    return record;
}

double cpu_seconds()
{
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

Task<> save_often(TrainingStore& store, std::vector<double>& milliseconds)
{
    auto const record = long_record();
    for (int i = 0; i < saves; ++i) {
        auto const begin = Clock::now();
        auto const saved = co_await store.save(record);
        if (!saved) std::exit(1);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "bench_save_states FOLDER\n");
        return 2;
    }
    TrainingStore store(argv[1], "bench");
    std::vector<double> milliseconds;
    boost::asio::io_context io;
    auto const before = cpu_seconds();
    boost::asio::co_spawn(io, save_often(store, milliseconds), [](std::exception_ptr const& failure) {
        if (failure) std::rethrow_exception(failure);
    });
    io.run();
    std::ranges::sort(milliseconds);
    std::printf("median_ms %.3f\n", milliseconds[milliseconds.size() / 2]);
    std::printf("p99_ms %.3f\n", milliseconds[milliseconds.size() * 99 / 100]);
    std::printf("cpu_ms %.3f\n", 1000 * (cpu_seconds() - before) / saves);
    std::printf("bytes %.0f\n", static_cast<double>(to_text(to_json(long_record())).size()));
}
