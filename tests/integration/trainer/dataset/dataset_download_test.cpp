#include "learning_loop/trainer/dataset/dataset_download.h"

#include "learning_loop/async/task_group.h"

#include "support/fake_dataset_loop.h"
#include "support/run.h"
#include "support/short_of_space.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::fake_image_id;

struct DatasetDownloadTest : testing::Test {
    test::Io io;
    test::TempFolder folder;
    test::FakeDatasetLoop loop;
    Pool pool{"images of a dataset", 2, 200};
    NodeSettings settings;
    LoopSession session;
    LoopClient client;
    DatasetOptions options;
    Hyperparameters hyperparameters;
    std::vector<double> told;

    DatasetDownloadTest() : settings(settings_for(loop)), session(io.executor(), settings), client(session, {"o", "p"})
    {
        options.first_wait = options.images.pace.first_wait = 4ms;
        options.max_wait = options.images.pace.max_wait = 20ms;
        fs::create_directories(folder / "training");
    }
    static NodeSettings settings_for(test::FakeDatasetLoop const& loop)
    {
        NodeSettings settings;
        settings.loop_host = loop.url();
        return settings;
    }
    fs::path file() const { return folder / "training/dataset.jsonl"; }
    Result<DatasetCounts> download()
    {
        DatasetDownload download(client, pool, folder / "images", options);
        auto progress = [this](double done) { told.push_back(done); };
        return io.run(download.run(file(), hyperparameters, progress));
    }
    /// As `<number> <set>` of each image.
    std::vector<std::string> dataset() const
    {
        std::vector<std::string> lines;
        auto const take = [&](TrainingImage image) -> Result<void> {
            lines.push_back(std::to_string(std::stoi(image.id.substr(24))) + " " +
                            boost::describe::enum_to_string(image.set, ""));
            return {};
        };
        auto const read = read_dataset(file(), take);
        if (!read) ADD_FAILURE() << read.error().message;
        return lines;
    }
    int all_downloads()
    {
        return loop.with([](auto& state) { return state.all_downloads; });
    }
    void expect_no_file_is_left() const { EXPECT_TRUE(fs::is_empty(folder / "training")); }
};

TEST_F(DatasetDownloadTest, writes_what_the_loop_tells_in_the_order_in_which_it_lists_the_images)
{
    loop.add_images(4);
    loop.with([](auto& state) {
        std::ranges::reverse(state.images);
        state.images[1].set = "test";
        state.images[1].more_row = R"(,"width":16,"height":9,"box_annotations":[{"category_id":"c","x":1,"y":2,)"
                                   R"("width":3,"height":4}],"point_annotations":[{"category_id":"d","x":5,"y":6}],)"
                                   R"("classification_annotation":{"category_id":"e"},"new_key":{}})";
        state.images[1].more_row.pop_back();
        state.images[2].set = "val";
    });
    auto const counts = download();
    EXPECT_EQ(to_json(counts.value()), to_json(DatasetCounts{2, 1, 1, 0, 0}));
    EXPECT_EQ(dataset(), (std::vector<std::string>{"4 train", "3 test", "2 val", "1 train"}));
    EXPECT_TRUE(fs::exists(folder / "images" / (fake_image_id(4) + ".jpg")));
    auto const take = [](TrainingImage image) -> Result<void> {
        if (image.set != ImageSet::test) return {};
        EXPECT_EQ(image.width, 16);
        EXPECT_EQ(image.box_annotations.at(0).height, 4);
        EXPECT_EQ(image.point_annotations.at(0).category_id, "d");
        EXPECT_EQ(image.classification_annotation->category_id, "e");
        return {};
    };
    EXPECT_TRUE(read_dataset(file(), take));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "training"), {}), 1);
}

TEST_F(DatasetDownloadTest, leaves_out_and_counts_what_is_corrupt_and_what_is_missing)
{
    loop.add_images(50);
    loop.with([](auto& state) {
        for (int const index : {4, 17, 49}) state.images[static_cast<std::size_t>(index)].bytes.resize(100);
        state.images[7].bytes.clear();
        state.images[8].has_row = false;
    });
    auto const counts = download();
    EXPECT_EQ(to_json(counts.value()), to_json(DatasetCounts{45, 0, 0, 3, 2}));
    auto const lines = dataset();
    EXPECT_EQ(lines.size(), 45u);
    EXPECT_EQ(std::ranges::count(lines, "5 train"), 0);
    EXPECT_EQ(std::ranges::count(lines, "9 train"), 0);
    EXPECT_EQ(loop.times_asked_for(fake_image_id(9)), 0);
}

TEST_F(DatasetDownloadTest, asks_for_rows_in_pages_of_a_hundred)
{
    loop.add_images(250);
    EXPECT_EQ(download().value().train, 250);
    auto sizes = loop.with([](auto& state) { return state.page_sizes; });
    std::ranges::sort(sizes);
    EXPECT_EQ(sizes, (std::vector<int>{50, 100, 100}));
    EXPECT_EQ(dataset().size(), 250u);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_EQ(told.back(), 1.0);
}

TEST_F(DatasetDownloadTest, asks_again_for_a_list_and_a_page_that_fail)
{
    loop.add_images(250);
    loop.with([](auto& state) {
        state.list_statuses = {503, 429};
        state.page_statuses = {200, 502, 408};
    });
    EXPECT_EQ(download().value().train, 250);
}

TEST_F(DatasetDownloadTest, never_trains_on_less_when_a_page_fails_for_good)
{
    loop.add_images(250);
    loop.with([](auto& state) { state.page_statuses = std::vector<int>(100, 500); });
    auto const refused = download();
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(refused.error().message, R"(images: the Loop answers 500 {"images":[)" +
                                           refused.error().message.substr(refused.error().message.find('[') + 1));
    EXPECT_EQ(loop.with([](auto& state) { return state.page_sizes.size(); }), 3u * 5);
    EXPECT_EQ(all_downloads(), 0);
    expect_no_file_is_left();
}

TEST_F(DatasetDownloadTest, names_the_row_that_is_malformed)
{
    loop.add_images(3);
    loop.with([](auto& state) { state.images[0].more_row = R"(,"width":8)"; });
    auto const refused = download();
    EXPECT_EQ(refused.error().code, Errc::invalid_argument);
    EXPECT_EQ(refused.error().message, "images[2].height: is missing");
    expect_no_file_is_left();
}

TEST_F(DatasetDownloadTest, follows_no_id_that_leads_to_other_places)
{
    loop.add_images(2);
    loop.with([](auto& state) { state.odd_ids = {"../../x", "..", "a/b", fake_image_id(1) + "/.."}; });
    EXPECT_EQ(to_json(download().value()), to_json(DatasetCounts{2, 0, 0, 0, 0}));
    EXPECT_EQ(all_downloads(), 2);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "images"), {}), 2);
}

TEST_F(DatasetDownloadTest, splits_a_validation_set_off_as_the_peer_does_when_it_is_asked_to)
{
    loop.add_images(41);
    loop.with([](auto& state) { state.images[40].set = "test"; });
    hyperparameters["compute_validation_set"] = true;
    EXPECT_EQ(to_json(download().value()), to_json(DatasetCounts{37, 3, 1, 0, 0}));
    auto const lines = dataset();
    for (auto const* line : {"7 val", "30 val", "35 val", "1 train", "41 test"})
        EXPECT_EQ(std::ranges::count(lines, line), 1) << line;
}

TEST_F(DatasetDownloadTest, splits_none_off_unasked_or_when_the_loop_has_one)
{
    loop.add_images(10);
    EXPECT_EQ(download().value().val, 0);
    loop.with([](auto& state) { state.images[0].set = "val"; });
    hyperparameters["compute_validation_set"] = true;
    EXPECT_EQ(to_json(download().value()), to_json(DatasetCounts{9, 1, 0, 0, 0}));
    EXPECT_EQ(dataset().front(), "1 val");
    hyperparameters["compute_validation_set"] = "odd"; // which nobody asks for then
    EXPECT_EQ(download().value().val, 1);
}

TEST_F(DatasetDownloadTest, splits_one_off_when_those_of_the_loop_are_all_corrupt)
{
    loop.add_images(10);
    loop.with([](auto& state) {
        state.images[0].set = "val";
        state.images[0].bytes = "broken";
    });
    hyperparameters["compute_validation_set"] = true;
    EXPECT_EQ(to_json(download().value()), to_json(DatasetCounts{8, 1, 0, 1, 0}));
    EXPECT_EQ(std::ranges::count(dataset(), "7 val"), 1);
}

TEST_F(DatasetDownloadTest, refuses_an_odd_wish_for_a_validation_set_before_it_downloads_an_image)
{
    loop.add_images(10);
    hyperparameters["compute_validation_set"] = "true";
    auto const refused = download();
    EXPECT_EQ(refused.error().code, Errc::unprocessable);
    EXPECT_EQ(refused.error().message, "'compute_validation_set' must be true or false, got 'true'");
    EXPECT_EQ(all_downloads(), 0);
    expect_no_file_is_left();
}

TEST_F(DatasetDownloadTest, refuses_to_split_fewer_than_two_images)
{
    loop.add_images(2);
    loop.with([](auto& state) { state.images[1].bytes = "broken"; });
    hyperparameters["compute_validation_set"] = true;
    EXPECT_EQ(download().error().code, Errc::unprocessable);
    expect_no_file_is_left();
}

TEST_F(DatasetDownloadTest, says_that_the_disk_is_full_and_leaves_nothing_half)
{
    loop.add_images(30);
    ASSERT_TRUE(download());
    fs::remove(file());
    Result<DatasetCounts> refused = Error();
    {
        test::ShortOfSpace const full(1000); // the images are there already
        refused = download();
    }
    EXPECT_EQ(refused.error().code, Errc::out_of_space);
    expect_no_file_is_left();
}

TEST_F(DatasetDownloadTest, leaves_nothing_half_when_it_is_cancelled)
{
    loop.add_images(30);
    loop.with([](auto& state) { state.holds_downloads = true; });
    DatasetDownload download(client, pool, folder / "images", options);
    auto run = [&]() -> Task<> { (void)co_await download.run(file(), hyperparameters, [](double) {}); };
    TaskGroup group(io.executor());
    group.spawn("download", run());
    ASSERT_TRUE(io.run_until([&] { return loop.with([](auto& state) { return state.downloads_now; }) > 0; }));
    group.cancel();
    io.run(group.join());
    expect_no_file_is_left();
    EXPECT_TRUE(fs::is_empty(folder / "images"));
    loop.with([](auto& state) { state.holds_downloads = false; });
    EXPECT_EQ(this->download().value().train, 30);
}

TEST_F(DatasetDownloadTest, makes_an_empty_dataset_of_a_project_without_images)
{
    EXPECT_EQ(to_json(download().value()), to_json(DatasetCounts{}));
    EXPECT_TRUE(dataset().empty());
}

} // namespace
} // namespace learning_loop
