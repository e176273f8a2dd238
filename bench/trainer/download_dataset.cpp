#include "learning_loop/async/task_group.h"
#include "learning_loop/trainer/dataset/dataset_download.h"

#include <boost/asio/io_context.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

// Downloads what a training of a project learns from, as a trainer does, and prints what that took, a name and a number
// on each line: `seconds` in all, `rows_seconds` of them until the first image, `cpu_seconds` of this process,
// `peak_mb` of its memory, and how many images there are.

namespace {

using namespace learning_loop;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

void print(char const* name, double value)
{
    std::printf("%s %.3f\n", name, value);
}

Task<> download(LoopSession& session, Context project, std::filesystem::path folder, bool& is_good)
{
    LoopClient loop(session, project);
    Pool pool("the training's images", std::max(std::thread::hardware_concurrency(), 2u), 200);
    DatasetDownload download(loop, pool, folder / "images");
    auto const begin = Clock::now();
    double rows_seconds = 0;
    std::function<void(double)> progress = [&](double part) {
        if (part <= 0.1) rows_seconds = seconds_since(begin);
    };
    auto const counts = co_await download.run(folder / "dataset.jsonl", {}, std::move(progress));
    is_good = counts.has_value();
    if (!counts) {
        std::fprintf(stderr, "%s\n", counts.error().message.c_str());
        co_return;
    }
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    print("seconds", seconds_since(begin));
    print("rows_seconds", rows_seconds);
    print("cpu_seconds", static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    print("peak_mb", static_cast<double>(used.ru_maxrss) / 1024);
    print("images", static_cast<double>(counts->train + counts->val + counts->test));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: bench_download_dataset <URL of the Loop> <organization> <project> <empty folder>; "
                             "LOOP_USERNAME and LOOP_PASSWORD as a node has them\n");
        return 2;
    }
    NodeSettings settings;
    settings.loop_host = argv[1];
    if (auto const* name = std::getenv("LOOP_USERNAME")) settings.username = name;
    if (auto const* password = std::getenv("LOOP_PASSWORD")) settings.password = Secret(password);
    auto options = loop_session_options(settings);
    options.http.max_at_once = 80;
    boost::asio::io_context io(1);
    bool is_good = false;
    {
        LoopSession session(io.get_executor(), settings, options);
        TaskGroup group(io.get_executor());
        group.spawn("download", download(session, {argv[2], argv[3]}, argv[4], is_good));
        io.run();
    }
    return is_good ? 0 : 1;
}
