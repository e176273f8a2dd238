#include "learning_loop/detector/outbox/outbox_uploader.h"

#include "learning_loop/async/task_group.h"
#include "learning_loop/base/log.h"
#include "learning_loop/data/loop_api.h"
#include "support/crash_disk.h"
#include "support/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <random>

// An outbox, its uploader and a Loop that does everything a Loop can do wrong, beside a few sets that tell what should
// be where. A play is a list of steps; of one that goes wrong the steps are left out that do not matter.

namespace learning_loop {
namespace {

using test::CrashDisk;
using test::PowerCut;

constexpr auto played_folder = "/robot/outbox";

enum class Kind { keep, keep_priority, keep_broken, upload, limit, die, lose_power };

struct Step {
    Kind kind;
    std::uint32_t chance; ///< Of which the step draws what it does in particular.
};

/// A Loop that knows images by their key, as ours does.
class ModelLoop {
public:
    explicit ModelLoop(CrashDisk& disk) : disk_(disk) {}

    /// What the next requests are answered; then all is well.
    std::vector<int> faults;
    int requests = 0;
    std::map<std::string, std::string> images; ///< By key: JPEG and metadata.
    std::optional<std::string> wrong;

    static constexpr int lost_answer = 0;
    static constexpr int no_connection = -1;

    Result<http::Answer> take(std::vector<http::FormPart> const& parts)
    {
        ++requests;
        if (parts.size() > 2 * loop_api::max_images_per_upload) wrong = "more than 20 images in a request";
        auto fault = faults.empty() ? 200 : faults.back();
        if (!faults.empty()) faults.pop_back();
        if (fault == 413 && parts.size() == 2) fault = 200; // one alone would be a refusal for good
        if (fault == no_connection) return Error{Errc::unavailable, "no connection"};
        if (fault != 200 && fault != lost_answer) return answer(fault);
        std::map<std::string, std::string> sent;
        for (std::size_t i = 0; i < parts.size(); i += 2) {
            auto const json = read(parts[i]);
            auto const jpeg = read(parts[i + 1]);
            if (!json || !jpeg) return Error{Errc::not_found, "a file is gone"};
            if (jpeg->starts_with("broken")) return answer(422);
            sent[parts[i + 1].file_name] = *jpeg + *json;
        }
        for (auto const& [key, content] : sent) {
            auto const [known, is_new] = images.emplace(key, content);
            if (!is_new && known->second != content) wrong = "the same key with another content";
        }
        if (fault == lost_answer) return Error{Errc::unavailable, "the connection broke off"};
        return answer(200);
    }

private:
    static Result<http::Answer> answer(int status)
    {
        http::Answer answer;
        answer.status = status;
        return answer;
    }
    std::optional<std::string> read(http::FormPart const& part)
    {
        auto const text = disk_.read_file(std::get<std::filesystem::path>(part.content), 1 << 20);
        return text ? std::optional(*text) : std::nullopt;
    }

    CrashDisk& disk_;
};

/// One process of a detector, as far as it concerns its outbox.
struct Process {
    Process(CrashDisk& disk, ModelLoop& loop, OutboxLimits limits)
        : outbox(io.executor(), played_folder, limits, disk), uploader(outbox, send_to(loop), options())
    {
        uploader.set_mode(OutboxMode::stopped);
        tasks.spawn("uploads", uploader.run());
    }
    ~Process()
    {
        tasks.cancel();
        io.run(tasks.join());
    }
    Process(Process const&) = delete;
    Process& operator=(Process const&) = delete;

    static UploadOptions options()
    {
        using std::chrono::milliseconds;
        UploadOptions options;
        options.first_wait = options.max_wait = milliseconds(0);
        return options;
    }
    static OutboxUploader::Send send_to(ModelLoop& loop)
    {
        return [&loop](std::vector<http::FormPart> parts) -> Task<Result<http::Answer>> { co_return loop.take(parts); };
    }

    test::Io io;
    Outbox outbox;
    OutboxUploader uploader;
    TaskGroup tasks{io.executor()};
};

class Play {
public:
    explicit Play(std::vector<Step> const& steps) : steps_(steps), disk_(steps.empty() ? 0 : steps.front().chance)
    {
        disk_.have_folder("robot");
    }

    /// What went wrong; nullopt if nothing.
    std::optional<std::string> run()
    {
        start();
        for (auto const& step : steps_) {
            random_.seed(step.chance);
            try {
                take(step);
                if (disk_.is_off()) throw PowerCut();
            } catch (PowerCut const&) {
                end_and_start(chance(0.5));
            }
            if (loop_.wrong) return loop_.wrong;
        }
        end_and_start(false);
        loop_.faults.clear();
        process_->uploader.set_mode(OutboxMode::continuous_upload);
        process_->io.run_until([this] { return process_->outbox.empty(); });
        end_and_start(false);
        return check();
    }

private:
    struct Kept {
        std::string content;
        bool priority = false;
        bool is_broken = false;
    };

    void start()
    {
        OutboxLimits limits;
        limits.min_free_disk_bytes = 0;
        limits.max_normal_images = max_normal_;
        process_.emplace(disk_, loop_, limits);
    }

    void end_and_start(bool loses_power)
    {
        dropped_ += process_->outbox.dropped();
        process_.reset();
        if (loses_power) disk_.lose_what_was_not_synced();
        else disk_.keep_what_was_written();
        start();
    }

    void take(Step const& step)
    {
        switch (step.kind) {
        case Kind::keep: keep(false, false); return;
        case Kind::keep_priority: keep(true, false); return;
        case Kind::keep_broken: keep(chance(0.5), true); return;
        case Kind::upload: upload(); return;
        case Kind::limit:
            max_normal_ = chance(0.5) ? 0 : number(3, 30);
            process_->outbox.limit({.max_normal_images = max_normal_, .min_free_disk_bytes = 0});
            return;
        case Kind::die: disk_.cut_after(static_cast<int>(number(0, 60))); return;
        case Kind::lose_power: throw PowerCut();
        }
    }

    void keep(bool priority, bool is_broken)
    {
        std::vector<NewOutboxImage> images;
        std::vector<Kept> kept;
        for (auto i = number(1, 4); i > 0; --i) {
            auto const jpeg =
                (is_broken ? "broken" : "jpeg ") + std::to_string(++images_) + std::string(number(0, 900), 'x');
            images.push_back({Bytes(jpeg), "{}", "camera " + std::to_string(number(1, 3))});
            kept.push_back({jpeg + "{}", priority, is_broken});
        }
        auto const items = process_->io.run(process_->outbox.keep(std::move(images), priority));
        if (!items) return;
        for (std::size_t i = 0; i < items->size(); ++i) kept_[(*items)[i].file_name(".jpg")] = kept[i];
    }

    void upload()
    {
        constexpr std::array faults{
            200, 200, 500, 503, 401, 404, 413, 429, 302, ModelLoop::lost_answer, ModelLoop::no_connection};
        loop_.faults.clear();
        for (auto i = number(0, 5); i > 0; --i) loop_.faults.push_back(faults[number(0, faults.size() - 1)]);
        auto const until = loop_.requests + static_cast<int>(number(1, 8));
        process_->uploader.set_mode(OutboxMode::continuous_upload);
        process_->io.run_until([&] { return disk_.is_off() || process_->outbox.empty() || loop_.requests >= until; });
        process_->uploader.set_mode(OutboxMode::stopped);
    }

    std::optional<std::string> check()
    {
        if (!process_->outbox.empty()) return "something is never sent";
        std::size_t gone = 0;
        for (auto const& [name, kept] : kept_) {
            auto const id = name.substr(6, 36);
            // Not what was put aside: after a power cut a part of what was uploaded or dropped may come back.
            auto const rejected = Disk::Path(played_folder) / "rejected" / id;
            bool const is_rejected = disk_.file_bytes(rejected / name) && disk_.file_bytes(rejected / "reason.txt");
            auto const in_loop = loop_.images.find(name);
            if (in_loop != loop_.images.end() && in_loop->second != kept.content) return "another content: " + name;
            if (is_rejected && !kept.is_broken) return "rejected, though nothing is wrong: " + name;
            if (in_loop != loop_.images.end() || is_rejected) continue;
            if (kept.priority) return "lost, of priority: " + name;
            ++gone;
        }
        if (gone > dropped_)
            return std::to_string(gone) + " are gone, but only " + std::to_string(dropped_) + " were dropped";
        return std::nullopt;
    }

    std::size_t number(std::size_t from, std::size_t to)
    {
        return std::uniform_int_distribution<std::size_t>(from, to)(random_);
    }
    bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }

    std::vector<Step> const& steps_;
    std::mt19937 random_;
    CrashDisk disk_;
    ModelLoop loop_{disk_};
    std::optional<Process> process_;
    std::map<std::string, Kept> kept_; ///< What was acknowledged, by the name of its file.
    std::size_t dropped_ = 0;
    std::size_t max_normal_ = 0;
    int images_ = 0;
};

std::vector<Step> draw_steps(std::uint32_t seed, std::size_t count)
{
    std::mt19937 random(seed);
    std::discrete_distribution<int> kinds({8, 3, 1, 6, 1, 2, 1});
    std::vector<Step> steps;
    while (steps.size() < count)
        steps.push_back({static_cast<Kind>(kinds(random)), static_cast<std::uint32_t>(random())});
    return steps;
}

/// As few of the steps as still go wrong.
std::vector<Step> shrunk(std::vector<Step> steps)
{
    for (auto part = steps.size() / 2; part > 0; part /= 2) {
        for (std::size_t at = 0; at + part <= steps.size();) {
            auto fewer = steps;
            auto const from = fewer.begin() + static_cast<std::ptrdiff_t>(at);
            fewer.erase(from, from + static_cast<std::ptrdiff_t>(part));
            if (Play(fewer).run()) steps = std::move(fewer);
            else at += part;
        }
    }
    return steps;
}

std::string told(std::vector<Step> const& steps)
{
    constexpr std::array names{"keep", "keep of priority", "keep what is broken", "upload", "limit",
                               "die",  "lose power"};
    std::string text;
    for (auto const& step : steps)
        text += std::string(names.at(static_cast<std::size_t>(step.kind))) + " " + std::to_string(step.chance) + "\n";
    return text;
}

std::size_t wanted_steps()
{
    auto const* const told = std::getenv("LL_OUTBOX_STEPS"); // NOLINT(concurrency-mt-unsafe): nothing else runs
    return told ? std::stoull(told) : 10'000;
}

TEST(OutboxModel, everything_acknowledged_comes_to_the_loop_once_whatever_happens)
{
    constexpr std::size_t steps_each = 50;
    start_log(log::Level::critical);
    auto const plays = wanted_steps() / steps_each;
    for (std::uint32_t seed = 0; seed < plays; ++seed) {
        auto const steps = draw_steps(seed, steps_each);
        auto const wrong = Play(steps).run();
        ASSERT_FALSE(wrong) << *wrong << "; seed " << seed << ", shrunk to\n" << told(shrunk(steps));
    }
    start_log();
    std::cout << "figures: outbox model " << plays * steps_each << " steps, 0 lost, 0 twice\n";
}

} // namespace
} // namespace learning_loop
