#include "learning_loop/store/detector_repository.h"

#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class DetectorRepositoryTest : public StoreTest {
protected:
    void report(std::string const& uuid, std::string const& name, std::string const& state = "online")
    {
        DetectorStatus status;
        status.uuid = uuid;
        status.name = name;
        status.state = state;
        status.errors["model"] = "is broken";
        ASSERT_TRUE(test::run(detectors.keep(project.number, status)));
    }
};

TEST_F(DetectorRepositoryTest, the_newest_report_of_each_detector_counts)
{
    report("1", "b");
    report("2", "a");
    report("1", "b", "offline");
    auto const all = *test::run(detectors.all(project.number));
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "a");
    EXPECT_EQ(all[1].state, "offline");
    EXPECT_EQ(all[1].errors.at("model"), "is broken");
    EXPECT_FALSE(all[1].last_seen.empty());
}

TEST_F(DetectorRepositoryTest, a_report_has_up_to_64_kib)
{
    DetectorStatus status;
    status.uuid = "1";
    status.errors["model"] = std::string(64 * 1024, 'x');
    auto const refused = test::run(detectors.keep(project.number, status)).error();
    EXPECT_EQ(refused.code, Errc::unprocessable);
    EXPECT_EQ(refused.message, "the report is longer than 64 KiB");
    EXPECT_TRUE(test::run(detectors.all(project.number))->empty());
}

TEST_F(DetectorRepositoryTest, a_detector_whose_name_is_proven_takes_no_other_ones_place)
{
    report("1", "a");
    DetectorStatus status;
    status.uuid = "1";
    status.name = "b";
    using Rename = DetectorRepository::Rename;
    EXPECT_EQ(test::run(detectors.keep(project.number, status, Rename::refused)).error().code, Errc::conflict);
    EXPECT_EQ(test::run(detectors.all(project.number)).value().at(0).name, "a");
    EXPECT_TRUE(test::run(detectors.keep(project.number, status)));
    EXPECT_EQ(test::run(detectors.all(project.number)).value().at(0).name, "b");
}

TEST_F(DetectorRepositoryTest, a_thousand_detectors_are_kept_and_those_seen_first_go)
{
    auto fill = [number = project.number](Database& database) -> Result<int> {
        for (int i = 0; i < 1000; ++i) {
            database.execute("INSERT INTO detectors (project, uuid, status, last_seen) VALUES ($1, $2, $3, '2020')",
                             {number, "old " + std::to_string(i),
                              R"({"uuid":"x","name":"x","state":"","uptime":0,)"
                              R"("model_format":"","operation_mode":"idle"})"});
        }
        return 0;
    };
    ASSERT_TRUE(test::run(lanes.write(fill)));
    report("new", "new");
    auto const all = *test::run(detectors.all(project.number));
    EXPECT_EQ(all.size(), 1000U);
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](auto const& d) { return d.uuid == "new"; }));
}

} // namespace
} // namespace learning_loop::store
