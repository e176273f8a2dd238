#include "learning_loop/store/model_repository.h"

#include "learning_loop/store/tables.h"
#include "unit/store/store_fixture.h"

namespace learning_loop::store {
namespace {

class ModelRepositoryTest : public StoreTest {
protected:
    Result<ModelPlace> reserve(NewModel wanted, std::string const& content, std::string const& format = "onnx")
    {
        wanted.comment = "comment";
        return test::run(models.reserve(project.number, std::move(wanted), {format, content}));
    }

    static NewModel with_id(std::string const& id)
    {
        return {.id = id, .version = {}, .parent = {}, .idempotency_key = {}, .comment = {}};
    }
    static NewModel with_version(std::string const& version)
    {
        return {.id = {}, .version = version, .parent = {}, .idempotency_key = {}, .comment = {}};
    }
    static NewModel child_of(std::string const& parent)
    {
        return {.id = {}, .version = {}, .parent = parent, .idempotency_key = {}, .comment = {}};
    }
    static NewModel with_key(std::string const& key)
    {
        return {.id = {}, .version = {}, .parent = {}, .idempotency_key = key, .comment = {}};
    }

    Result<void> store(std::string const& id, std::string const& content, std::string const& format = "onnx")
    {
        return test::run(models.add_file(project.number, {id, {format, content}, 5, "{}", {}}));
    }

    Model add(NewModel wanted, std::string const& content)
    {
        auto place = reserve(std::move(wanted), content).value();
        EXPECT_TRUE(store(place.model.id, content));
        return place.model;
    }
    Model add(std::string const& id) { return add(with_id(id), "content of " + id); }

    std::string versions()
    {
        std::string text;
        for (auto const& model : *test::run(models.all(project.number))) text += model.version + ' ';
        return text;
    }

    Result<bool> remove(std::string const& id) { return test::run(models.remove(project.number, "demo/field", id)); }

    std::string choose(std::string const& id)
    {
        auto const target = *test::run(models.set_target(project.number, id, "ann"));
        return target ? target->version : "none";
    }
    std::string roll_back()
    {
        auto const target = *test::run(models.roll_target_back(project.number, "bob"));
        return target ? target->version : "none";
    }
    std::string history()
    {
        std::string text;
        for (auto const& row : *test::run(models.target_history(project.number, 100)))
            text += row.version.value_or("none") + ' ' + row.chosen_by + ", ";
        return text;
    }
};

TEST_F(ModelRepositoryTest, a_new_lineage_gets_the_next_major_version)
{
    EXPECT_EQ(add("a").version, "1.0");
    EXPECT_EQ(add("b").version, "2.0");
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_EQ(test::run(models.reserve(other.number, with_id("c"), {"onnx", "c"}))->model.version, "1.0");
}

TEST_F(ModelRepositoryTest, a_model_that_continues_one_gets_the_next_free_minor_version)
{
    add("a");
    EXPECT_EQ(add(child_of("a"), "1").version, "1.1");
    EXPECT_EQ(add(child_of("a"), "2").version, "1.2");
    EXPECT_EQ(add(with_version("1.4"), "4").version, "1.4");
    auto const last = add(child_of("a"), "3");
    EXPECT_EQ(last.version, "1.3");
    EXPECT_EQ(add(child_of(last.id), "5").version, "1.5");
    EXPECT_EQ(add("b").version, "2.0");
}

TEST_F(ModelRepositoryTest, a_parent_is_a_model_of_the_project)
{
    add("a");
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    for (auto const* parent : {"", "nothing", "../a"}) {
        auto const refused = reserve(child_of(parent), "x");
        EXPECT_EQ(refused.error().code, Errc::unprocessable) << parent;
        EXPECT_TRUE(refused.error().message.starts_with("parent: ")) << refused.error().message;
    }
    EXPECT_FALSE(test::run(models.reserve(other.number, child_of("a"), {"onnx", "x"})));
}

TEST_F(ModelRepositoryTest, models_stand_in_the_order_of_their_versions_as_numbers)
{
    for (auto const* version : {"10.0", "2.0", "1.10", "1.9", "1.2"}) add(with_version(version), version);
    EXPECT_EQ(versions(), "1.2 1.9 1.10 2.0 10.0 ");
    EXPECT_EQ(add("next").version, "11.0");
}

TEST_F(ModelRepositoryTest, a_version_that_is_asked_for_is_two_numbers_and_free)
{
    add(with_version("1.3"), "a");
    EXPECT_EQ(reserve(with_version("1.3"), "b").error().code, Errc::conflict);
    for (auto const* version : {"", "1", "1.2.3", "1.x", "-1.0", "01.2", "1.02", "..", "9999999999.0", ";touch x;"})
        EXPECT_EQ(reserve(with_version(version), "b").error().code, Errc::unprocessable) << version;
}

TEST_F(ModelRepositoryTest, the_same_content_is_the_same_model)
{
    auto const first = add({}, "content");
    auto const again = reserve({}, "content").value();
    EXPECT_EQ(again.model.id, first.id);
    EXPECT_EQ(again.model.version, first.version);
    EXPECT_EQ(again.stored_bytes, 5);
    EXPECT_NE(reserve({}, "content", "mocked")->model.id, first.id); // another format is another model
    EXPECT_NE(add({}, "other").id, first.id);
}

TEST_F(ModelRepositoryTest, the_same_key_is_the_same_upload)
{
    auto const first = add(with_key("k"), "content");
    EXPECT_EQ(reserve(with_key("k"), "content")->model.id, first.id);
    EXPECT_EQ(reserve(with_key("k"), "other").error().code, Errc::conflict);
    EXPECT_EQ(reserve(with_key("k"), "content", "mocked").error().code, Errc::conflict);
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_TRUE(test::run(models.reserve(other.number, with_key("k"), {"onnx", "other"})));
}

TEST_F(ModelRepositoryTest, a_key_belongs_to_the_model_that_the_content_is)
{
    add({}, "content");
    ASSERT_TRUE(reserve(with_key("k"), "content"));
    EXPECT_EQ(reserve(with_key("k"), "other").error().code, Errc::conflict);
}

TEST_F(ModelRepositoryTest, an_id_that_is_asked_for_has_one_content_in_a_format)
{
    auto const first = add("a");
    EXPECT_EQ(reserve(with_id("a"), "content of a")->stored_bytes, 5);
    EXPECT_EQ(reserve(with_id("a"), "other").error().code, Errc::conflict);
    auto const second_format = reserve(with_id("a"), "other", "mocked").value();
    EXPECT_EQ(second_format.model.version, first.version);
    EXPECT_FALSE(second_format.stored_bytes);
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_EQ(test::run(models.reserve(other.number, with_id("a"), {"onnx", "content of a"})).error().code,
              Errc::conflict);
}

TEST_F(ModelRepositoryTest, a_model_is_listed_once_it_has_a_format)
{
    auto const place = reserve({}, "1").value();
    EXPECT_TRUE(test::run(models.all(project.number))->empty());
    EXPECT_FALSE(test::run(models.find(project.number, place.model.id)).value());
    EXPECT_FALSE(test::run(models.reserve_format(project.number, place.model.id, {"mocked", "2"})).value());
    ASSERT_TRUE(store(place.model.id, "1"));
    EXPECT_TRUE(test::run(models.reserve_format(project.number, place.model.id, {"mocked", "2"})).value());
    ASSERT_TRUE(store(place.model.id, "2", "mocked"));
    EXPECT_EQ(test::run(models.find(project.number, place.model.id)).value()->formats,
              (std::vector<std::string>{"mocked", "onnx"}));
}

TEST_F(ModelRepositoryTest, what_the_first_format_told_is_told_to_the_next)
{
    auto const place = reserve({}, "1").value();
    ASSERT_TRUE(test::run(models.add_file(project.number, {place.model.id, {"onnx", "1"}, 5, "the first", {"r"}})));
    ASSERT_TRUE(test::run(models.add_file(project.number, {place.model.id, {"mocked", "2"}, 5, "the next", {}})));
    EXPECT_EQ(test::run(models.reserve_format(project.number, place.model.id, {"third", "3"})).value()->model_json,
              "the first");
}

TEST_F(ModelRepositoryTest, giving_up_frees_the_version_but_never_a_model_with_files)
{
    auto const place = reserve({}, "1").value();
    ASSERT_TRUE(test::run(models.give_up(place.model.id)));
    EXPECT_EQ(add("b").version, "1.0");
    ASSERT_TRUE(test::run(models.give_up("b")));
    EXPECT_EQ(test::run(models.all(project.number))->size(), 1U);
}

TEST_F(ModelRepositoryTest, a_model_that_got_no_file_because_the_process_died_is_forgotten_at_the_start)
{
    add("kept");
    add("deleted");
    EXPECT_TRUE(remove("deleted").value());
    ASSERT_TRUE(reserve(with_id("died"), "1"));
    auto const written = models.file_of(project.folder, "died", "onnx");
    test::put(written, "the process died before it said so");
    test::put(models.file_of(project.folder, "kept", "onnx"), "weights");

    DatabaseLanes restarted(sqlite::open_sqlite(folder / "test.db"));
    ModelRepository again(restarted, folder / "models");
    EXPECT_FALSE(std::filesystem::exists(written.parent_path()));
    EXPECT_TRUE(std::filesystem::exists(again.file_of(project.folder, "kept", "onnx")));
    EXPECT_EQ(test::run(again.all(project.number))->size(), 1U);
    EXPECT_EQ(test::run(again.reserve(project.number, {}, {"onnx", "next"}))->model.version, "3.0");
}

TEST_F(ModelRepositoryTest, a_deleted_model_is_gone_but_its_version_and_id_stay_taken)
{
    add("a");
    add(with_key("k"), "content");
    EXPECT_TRUE(remove("a").value());
    EXPECT_EQ(versions(), "2.0 ");
    EXPECT_FALSE(remove("a").value());
    EXPECT_FALSE(remove("nothing").value());
    EXPECT_EQ(store("a", "late").error().code, Errc::not_found); // an upload that was under way
    EXPECT_EQ(reserve(with_id("a"), "new").error().code, Errc::conflict);
    EXPECT_EQ(reserve(with_version("1.0"), "new").error().code, Errc::conflict);
    EXPECT_EQ(reserve(child_of("a"), "new").error().code, Errc::unprocessable);
    EXPECT_TRUE(remove(reserve(with_key("k"), "content")->model.id).value());
    EXPECT_EQ(add(with_key("k"), "new").version, "3.0");
}

TEST_F(ModelRepositoryTest, deleting_a_model_leaves_a_row_for_its_files)
{
    add("a");
    EXPECT_TRUE(test::run(models.remove(project.number, "demo/field", "a")).value());
    auto job = [](Database& database) -> Result<std::vector<FileRemovalRow>> {
        return find_rows<FileRemovalRow>(database, "", {});
    };
    auto const rows = test::run(lanes.read(job)).value();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].path, "models/demo/field/a");
}

TEST_F(ModelRepositoryTest, of_one_more_format_that_came_to_no_end_the_next_start_removes_the_file)
{
    add("a");
    ASSERT_TRUE(test::run(models.reserve_format(project.number, "a", {"tensorrt", "hash"})).value());
    auto const begun = models.file_of(project.folder, "a", "tensorrt");
    test::put(begun, "all of it, but without a row");
    test::put(models.file_of(project.folder, "a", "onnx"), "kept");
    ModelRepository const again(lanes, folder / "models");
    EXPECT_FALSE(std::filesystem::exists(begun));
    EXPECT_TRUE(std::filesystem::exists(models.file_of(project.folder, "a", "onnx")));
}

TEST_F(ModelRepositoryTest, an_upload_that_came_to_no_end_does_not_take_its_key_along)
{
    ASSERT_TRUE(reserve(with_key("k"), "content"));
    EXPECT_EQ(reserve(with_key("k"), "content")->model.version, "1.0");
    EXPECT_EQ(add(with_key("k"), "content").version, "1.0");
}

TEST_F(ModelRepositoryTest, the_deployment_target_is_not_deleted)
{
    add("a");
    choose("a");
    EXPECT_EQ(remove("a").error().code, Errc::conflict);
    EXPECT_EQ(versions(), "1.0 ");
    ASSERT_TRUE(test::run(models.take_target_away(project.number, "ann")).value());
    EXPECT_TRUE(remove("a").value());
}

TEST_F(ModelRepositoryTest, the_target_is_a_model_of_the_project)
{
    EXPECT_FALSE(test::run(models.target(project.number)).value());
    add("a");
    auto const other = *test::run(projects.find_or_make(project_named("other")));
    EXPECT_FALSE(test::run(models.set_target(other.number, "a", "ann")).value());
    EXPECT_EQ(choose("a"), "1.0");
    EXPECT_EQ(test::run(models.target(project.number)).value()->version, "1.0");
    EXPECT_EQ(choose("nothing"), "none");
    EXPECT_EQ(test::run(models.target(project.number)).value()->model_uuid, "a");
    EXPECT_EQ(history(), "1.0 ann, ");
}

TEST_F(ModelRepositoryTest, every_other_choice_of_a_target_is_remembered)
{
    add("a");
    add("b");
    for (auto const* id : {"a", "b", "b", "a"}) choose(id);
    ASSERT_TRUE(test::run(models.take_target_away(project.number, "eve")).value());
    EXPECT_FALSE(test::run(models.take_target_away(project.number, "eve")).value());
    EXPECT_EQ(history(), "none eve, 1.0 ann, 2.0 ann, 1.0 ann, ");
    EXPECT_FALSE(test::run(models.target(project.number)).value());
}

TEST_F(ModelRepositoryTest, rolling_back_twice_goes_back_two_steps)
{
    for (auto const* id : {"a", "b", "c", "d"}) add(id);
    EXPECT_EQ(roll_back(), "none");
    for (auto const* id : {"a", "b", "c"}) choose(id);
    EXPECT_EQ(roll_back(), "2.0");
    EXPECT_EQ(roll_back(), "1.0");
    EXPECT_EQ(roll_back(), "none");
    EXPECT_EQ(choose("d"), "4.0");
    EXPECT_EQ(roll_back(), "1.0");
    EXPECT_EQ(history(), "1.0 bob, 4.0 ann, 1.0 bob, 2.0 bob, 3.0 ann, 2.0 ann, 1.0 ann, ");
}

TEST_F(ModelRepositoryTest, rolling_back_passes_over_what_was_deleted_and_what_was_none)
{
    for (auto const* id : {"a", "b", "c"}) {
        add(id);
        choose(id);
    }
    EXPECT_TRUE(remove("b").value());
    EXPECT_EQ(roll_back(), "1.0");
    ASSERT_TRUE(test::run(models.take_target_away(project.number, "eve")).value());
    EXPECT_EQ(roll_back(), "1.0");
}

} // namespace
} // namespace learning_loop::store
