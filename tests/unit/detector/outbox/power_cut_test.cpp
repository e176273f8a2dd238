#include "learning_loop/detector/outbox/outbox_files.h"

#include "learning_loop/base/ids.h"
#include "learning_loop/base/log.h"
#include "support/crash_disk.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

namespace learning_loop {
namespace {

using test::CrashDisk;
using test::PowerCut;

constexpr auto cut_folder = "/robot/outbox";

Moment moment_at(double uptime_s, bool has_date)
{
    auto const time = has_date ? std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) : std::chrono::sys_days();
    return {time, {"this boot", uptime_s}};
}

/// What a client, or the Loop, was told of an image: the outbox must hold to it.
struct Told {
    enum class Fate {
        kept,      ///< It waits.
        erasing,   ///< It was uploaded or dropped: it may come back, but only whole.
        rejecting, ///< It waits, or was refused.
        rejected,
        gone ///< Nobody cares any more.
    };
    OutboxItem item;
    std::string jpeg;
    std::string metadata;
    std::string dated; ///< The metadata after its date was mended; empty: it has its date.
    bool is_dated = false;
    std::string reason;
    Fate fate = Fate::kept;
};

/// The life of an outbox, drawn by a seed: it works, its machine dies at some call, it starts again.
class Life {
public:
    Life(std::uint64_t seed, std::string left_out) : random_(seed), disk_(seed)
    {
        disk_.have_folder("robot");
        disk_.leave_out(std::move(left_out));
    }

    /// What was wrong after a death; nullopt if nothing.
    std::optional<std::string> run()
    {
        for (int death = 0; death < 2; ++death) {
            disk_.cut_after(number(0, 150));
            try {
                work();
            } catch (PowerCut const&) {
            }
            bool const is_power_cut = chance(0.7);
            if (is_power_cut) disk_.lose_what_was_not_synced();
            else disk_.keep_what_was_written();
            if (auto wrong = look(is_power_cut)) return wrong;
        }
        return std::nullopt;
    }

    std::set<std::string> const& roles() const { return disk_.roles(); }

private:
    void work()
    {
        OutboxFiles files(cut_folder, 1 << 30, disk_);
        files.find(true);
        files.find(false);
        for (;;) {
            switch (number(0, 9)) {
            case 0: erase(files); break;
            case 1: reject(files); break;
            case 2: settle_date(files); break;
            case 3: restore(files); break;
            default: keep(files);
            }
        }
    }

    void keep(OutboxFiles& files)
    {
        std::vector<OutboxWrite> writes(static_cast<std::size_t>(number(1, 3)));
        std::vector<Told> promised;
        for (auto& write : writes) {
            bool const priority = chance(0.3);
            for (int i = number(1, 3); i > 0; --i) promised.push_back(add_image(write, priority));
        }
        std::vector<OutboxWrite*> group;
        for (auto& write : writes) group.push_back(&write);
        ever_sent_.insert(ever_sent_.end(), promised.begin(), promised.end());
        files.write(group).value();
        for (auto& one : promised) told_.push_back(std::move(one));
    }

    Told add_image(OutboxWrite& write, bool priority)
    {
        Told one;
        one.jpeg = std::string(static_cast<std::size_t>(number(1, 3000)), static_cast<char>(number('a', 'z')));
        bool const undated = chance(0.2);
        auto const tags = std::string(static_cast<std::size_t>(number(0, 600)), 't');
        auto const with_created = [&](std::string const& date) {
            return R"({"tags":")" + tags + R"(","created":")" + date + R"("})";
        };
        one.metadata = with_created("1970-01-01T00:00:00");
        if (undated) one.dated = with_created("2025-12-31T23:59:50.000000+00:00");
        one.item = {new_uuid(), priority, one.jpeg.size() + one.metadata.size()};
        NewOutboxImage image{Bytes(one.jpeg), one.metadata};
        if (undated) image.undated = moment_at(10, false).mark;
        write.items.push_back(one.item);
        write.images.push_back(std::move(image));
        return one;
    }

    Told* any(Told::Fate fate)
    {
        std::vector<Told*> candidates;
        for (auto& one : told_) {
            if (one.fate == fate) candidates.push_back(&one);
        }
        if (candidates.empty()) return nullptr;
        return candidates[static_cast<std::size_t>(number(0, static_cast<int>(candidates.size()) - 1))];
    }

    void erase(OutboxFiles& files)
    {
        auto* const one = any(Told::Fate::kept);
        if (!one) return;
        one->fate = Told::Fate::erasing;
        files.erase(one->item);
    }

    void reject(OutboxFiles& files)
    {
        auto* const one = any(Told::Fate::kept);
        if (!one) return;
        one->fate = Told::Fate::rejecting;
        one->reason = "the Loop answers 422 " + std::string(static_cast<std::size_t>(number(0, 1000)), 'r');
        files.reject(one->item, one->reason);
        one->fate = Told::Fate::rejected;
    }

    void restore(OutboxFiles& files)
    {
        auto* const one = any(Told::Fate::rejected);
        if (!one) return;
        one->fate = Told::Fate::rejecting;
        files.rejected().restore(one->item.id, files.folder_of(one->item)).value();
        one->fate = Told::Fate::kept;
    }

    void settle_date(OutboxFiles& files)
    {
        auto* const one = any(Told::Fate::kept);
        if (!one || one->dated.empty()) return;
        files.settle_dates({one->item}, moment_at(20, true));
        one->is_dated = true;
    }

    std::optional<std::string> look(bool is_power_cut)
    {
        if (chance(0.3)) die_while_starting(is_power_cut);
        try {
            OutboxFiles files(cut_folder, 1 << 30, disk_);
            std::set<std::string> waiting;
            for (bool const priority : {true, false}) {
                for (auto const& item : files.find(priority)) waiting.insert(item.id);
            }
            for (auto& one : ever_sent_) {
                if (auto wrong = check_whole(files, one, waiting.contains(one.item.id))) return wrong;
            }
            for (auto& one : told_) {
                if (auto wrong = check(files, one, waiting.contains(one.item.id), is_power_cut)) return wrong;
            }
            std::size_t in_tmp = 0;
            disk_.list(std::string(cut_folder) + "/tmp", [&](Disk::Entry const&) { ++in_tmp; });
            if (in_tmp > 0) return "something is left in tmp";
        } catch (std::exception const& failure) {
            return std::string("it does not start: ") + failure.what();
        }
        return std::nullopt;
    }

    void die_while_starting(bool is_power_cut)
    {
        disk_.cut_after(number(0, 20));
        try {
            OutboxFiles files(cut_folder, 1 << 30, disk_);
            for (bool const priority : {true, false}) files.find(priority);
        } catch (PowerCut const&) {
        }
        if (is_power_cut) disk_.lose_what_was_not_synced();
        else disk_.keep_what_was_written();
    }

    std::string read(Disk::Path const& file)
    {
        auto const text = disk_.read_file(file, 1 << 20);
        return text ? *text : "missing";
    }

    bool is_whole(Told const& one, Disk::Path const& place)
    {
        auto const metadata = read(place / one.item.file_name(".json"));
        bool const fits = one.is_dated ? metadata == one.dated
                                       : metadata == one.metadata || (!one.dated.empty() && metadata == one.dated);
        return fits && read(place / one.item.file_name(".jpg")) == one.jpeg;
    }

    /// Whatever waits is whole, also if its client was not told of it.
    std::optional<std::string> check_whole(OutboxFiles const& files, Told const& one, bool waits)
    {
        if (waits && !is_whole(one, files.folder_of(one.item))) return "an image that waits is torn";
        return std::nullopt;
    }

    std::optional<std::string> check(OutboxFiles const& files, Told& one, bool waits, bool is_power_cut)
    {
        auto const rejected = Disk::Path(cut_folder) / "rejected" / one.item.id;
        bool const was_refused = disk_.file_bytes(rejected / "reason.txt").has_value();
        switch (one.fate) {
        case Told::Fate::kept:
            if (!waits) return "an image that was acknowledged is lost";
            if (!is_whole(one, files.folder_of(one.item))) return "an image that was acknowledged is torn";
            break;
        case Told::Fate::erasing:
            // After a power cut a part of it may come back, which is moved aside.
            if (was_refused && !is_power_cut) return "an image that was uploaded lies half under rejected";
            if (was_refused) one.fate = Told::Fate::gone;
            if (waits) one.fate = Told::Fate::kept;
            break;
        case Told::Fate::rejecting:
            if (!waits && !was_refused) return "an image that was refused is lost";
            one.fate = waits ? Told::Fate::kept : Told::Fate::rejected;
            break;
        case Told::Fate::rejected:
            if (waits || !was_refused) return "an image that was refused is not under rejected";
            if (read(rejected / "reason.txt") != one.reason + "\n") return "the reason of a refusal is lost";
            if (!is_whole(one, rejected)) return "an image that was refused is torn";
            break;
        case Told::Fate::gone: break;
        }
        return std::nullopt;
    }

    int number(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }
    bool chance(double probability) { return std::bernoulli_distribution(probability)(random_); }

    std::mt19937_64 random_;
    CrashDisk disk_;
    std::vector<Told> told_;
    std::vector<Told> ever_sent_;
};

/// What lies among the images and is none is moved into a folder of its own: nobody was told of it.
bool is_about_strangers(std::string const& role)
{
    bool const comes_from_tmp = role.starts_with("move /robot/outbox/tmp/") && role.find("/rejected/") != role.npos;
    bool const goes_below = role.find("rejected/<id>") != role.npos && role.ends_with("/<id>") &&
                            !role.ends_with("/rejected/<id>") && !role.starts_with("move /robot/outbox/rejected");
    return comes_from_tmp || goes_below;
}

struct PowerCutTest : testing::Test {
    PowerCutTest() { start_log(log::Level::critical); } // it would tell of each image that could not be deleted
    ~PowerCutTest() override { start_log(); }
};

std::uint64_t seeds()
{
    auto const* const told = std::getenv("LL_POWER_CUTS"); // NOLINT(concurrency-mt-unsafe): nothing else runs
    return told ? std::stoull(told) : 10'000;
}

TEST_F(PowerCutTest, loses_nothing_that_was_acknowledged)
{
    for (std::uint64_t seed = 0; seed < seeds(); ++seed)
        ASSERT_EQ(Life(seed, "").run().value_or("nothing"), "nothing") << "seed " << seed;
    std::cout << "figures: outbox " << seeds() << " seeds, each with two power cuts or kills, 0 lost, 0 torn\n";
}

TEST_F(PowerCutTest, loses_something_without_any_one_of_its_syncs_and_moves)
{
    std::set<std::string> roles;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Life life(seed, "");
        life.run();
        roles.insert(life.roles().begin(), life.roles().end());
    }
    std::erase_if(roles, [](auto const& role) { return is_about_strangers(role); });
    for (auto const& role : roles) {
        std::optional<std::string> wrong;
        std::uint64_t seed = 0;
        for (; !wrong && seed < 3000; ++seed) wrong = Life(seed, role).run();
        EXPECT_TRUE(wrong) << "nothing is lost without: " << role;
        if (wrong) std::cout << "without " << role << ": " << *wrong << ", at seed " << seed - 1 << "\n";
    }
    std::cout << "figures: outbox " << roles.size() << " syncs and moves, each of them is needed\n";
}

} // namespace
} // namespace learning_loop
