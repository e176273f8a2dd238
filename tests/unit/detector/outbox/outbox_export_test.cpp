#include "learning_loop/detector/outbox/outbox_export.h"

#include "learning_loop/detector/outbox/image_folder.h"
#include "support/crash_disk.h"

#include <gtest/gtest.h>

#include <iostream>

namespace learning_loop {
namespace {

using test::CrashDisk;
using test::PowerCut;

constexpr auto* stick = "/stick/outbox";

/// A robot and a stick on one disk, whose power is cut while images are exported.
class Export {
public:
    explicit Export(int seed, std::string left_out = "") : disk_(static_cast<std::uint64_t>(seed))
    {
        for (auto const* name : {"robot", "stick"}) disk_.have_folder(name);
        disk_.make_folder("/robot/outbox");
        for (auto const queue : all_queues) disk_.make_folder("/robot/outbox/" + name_of(queue));
        auto const id = [](int number) { return "0193e0a0-0000-7000-8000-0000000000" + std::to_string(number); };
        for (int i = 10; i < 14; ++i) add(OutboxQueue::normal, id(i));
        add(OutboxQueue::priority, id(98));
        add(OutboxQueue::rejected, id(99));
        disk_.leave_out(std::move(left_out));
    }

    ExportSums copy()
    {
        OutboxReader const reader("/robot/outbox", disk_);
        return OutboxExport(reader, stick, disk_, 3).copy(all_queues, [](ExportSums const&) {}).value();
    }

    /// Returns false if it was over before the power was cut.
    bool copy_until_cut_after(int changes)
    {
        disk_.cut_after(changes);
        try {
            copy();
        } catch (PowerCut const&) {
        }
        bool const was_cut = disk_.is_off();
        disk_.lose_what_was_not_synced();
        return was_cut;
    }

    /// Images on the stick, of which each must be as it was made. nullopt: one is not.
    std::optional<std::size_t> whole_images() const
    {
        std::size_t images = 0;
        OutboxReader const copies(stick, disk_);
        for (auto const queue : all_queues) {
            for (auto const& id : copies.names_in(queue)) {
                for (auto const* extension : {".jpg", ".json"}) {
                    auto const file = copies.folder_of(queue, id) / image_file_name(id, extension);
                    auto const content = disk_.read_file(file, 1 << 20);
                    if (!content || *content != content_of(id, extension)) return std::nullopt;
                }
                ++images;
            }
        }
        return images;
    }

    std::set<std::string> const& roles() const { return disk_.roles(); }

private:
    static std::string content_of(std::string const& id, std::string const& extension)
    {
        return std::string(5000, id.back()) + id + extension;
    }

    void add(OutboxQueue queue, std::string const& id)
    {
        auto const folder = "/robot/outbox/" + name_of(queue) + "/" + id;
        disk_.make_folder(folder);
        std::vector<Disk::Path> files;
        for (auto const* extension : {".jpg", ".json"}) {
            files.push_back(folder + "/" + image_file_name(id, extension));
            disk_.write_file(files.back(), content_of(id, extension)).value();
        }
        disk_.sync(files, {folder, "/robot/outbox/" + name_of(queue), "/robot/outbox", "/robot"});
    }

    CrashDisk disk_;
};

TEST(OutboxExportTest, after_a_power_cut_at_any_moment_each_image_is_there_as_a_whole_or_not_at_all)
{
    int cuts = 0;
    for (;; ++cuts) {
        Export one(cuts);
        bool const was_cut = one.copy_until_cut_after(cuts);
        auto const images = one.whole_images();
        ASSERT_TRUE(images) << "a half image after " << cuts << " changes";
        if (!was_cut) break;
        auto const sums = one.copy();
        ASSERT_EQ(sums.there, *images);
        ASSERT_EQ(sums.copied + sums.there, 6u);
        ASSERT_TRUE(sums.differing.empty());
        ASSERT_EQ(one.whole_images(), 6u);
    }
    std::cout << "figures: power cuts " << cuts << ", half images 0, lost 0\n";
    EXPECT_GT(cuts, 60);
}

TEST(OutboxExportTest, what_was_told_as_exported_survives_a_power_cut)
{
    for (int seed = 0; seed < 20; ++seed) {
        Export one(seed);
        EXPECT_FALSE(one.copy_until_cut_after(1 << 20));
        EXPECT_EQ(one.whole_images(), 6u) << seed;
    }
}

/// Whether it is noticed that a sync or a move was left out.
bool is_noticed(std::string const& role)
{
    for (int seed = 0; seed < 40; ++seed) {
        Export over(seed, role);
        over.copy_until_cut_after(1 << 20);
        if (over.whole_images() != 6u) return true;
        for (int changes = 0; changes < 200; changes += 7) {
            Export one(seed, role);
            one.copy_until_cut_after(changes);
            if (!one.whole_images()) return true;
        }
    }
    return false;
}

TEST(OutboxExportTest, needs_each_of_its_syncs_and_moves)
{
    Export all(0);
    all.copy();
    std::vector<std::string> unneeded;
    for (auto const& role : all.roles()) {
        bool const is_of_export = role.find("/stick") != std::string::npos && role.find("reason") == std::string::npos;
        if (is_of_export && !is_noticed(role)) unneeded.push_back(role);
    }
    EXPECT_EQ(unneeded, std::vector<std::string>());
}

} // namespace
} // namespace learning_loop
