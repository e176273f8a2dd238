#include "learning_loop/detector/model/model_folder.h"

#include "learning_loop/archive/zip.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct ModelFolderTest : testing::Test {
    test::TempFolder data;
    ModelFolder models{data.path()};

    static std::string model_json(std::string const& version)
    {
        return R"({"id":"i","organization":"o","project":"p","version":")" + version +
               R"(","format":"onnx","categories":[{"id":"a","name":"weed"}]})";
    }

    Result<ModelInformation> install(std::vector<ZipSource> const& files, std::string const& version)
    {
        auto const zip = models.empty_staging_folder() / "model.zip";
        write_zip(zip, files).value();
        return models.install(zip, version);
    }
    Result<ModelInformation> install(std::string const& version)
    {
        return install({{"model.json", model_json(version)}, {"model.onnx", "weights of " + version}}, version);
    }
    void use(std::string const& version)
    {
        ASSERT_TRUE(install(version));
        models.make_current(version);
        models.delete_old_models();
    }
    std::string current_version() { return models.current_version().value_or("none"); }
};

using Versions = std::vector<std::string>;

TEST_F(ModelFolderTest, installs_what_a_zip_holds)
{
    auto const model = install("1.3");
    EXPECT_EQ(model.value().version, "1.3");
    EXPECT_EQ(model->categories.at(0).name, "weed");
    EXPECT_EQ(model->model_root_path, (data / "models/1.3").string());
    EXPECT_EQ(test::bytes_of(data / "models/1.3/model.onnx"), "weights of 1.3");
    EXPECT_EQ(models.read_installed("1.3").value().version, "1.3");
}

TEST_F(ModelFolderTest, refuses_another_version_than_was_asked_for)
{
    auto const model = install({{"model.json", model_json("1.4")}}, "1.3");
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, Errc::invalid_argument);
    EXPECT_EQ(model.error().message, "model.json: version is '1.4', but 1.3 was asked for");
    EXPECT_EQ(models.read_installed("1.3").error().code, Errc::not_found);
}

TEST_F(ModelFolderTest, refuses_a_zip_without_a_readable_model_json)
{
    EXPECT_EQ(install({{"model.onnx", "x"}}, "1").error().message,
              "the model has no readable model.json: upload it to the Loop again, with one");
    EXPECT_TRUE(install({{"model.json", "{"}}, "1").error().message.starts_with("model.json: is not valid JSON"));
    EXPECT_EQ(install({{"model.json", "{}"}}, "1").error().message, "model.json.id: is missing");
    EXPECT_FALSE(fs::exists(data / "models/1"));
}

TEST_F(ModelFolderTest, refuses_what_is_no_zip)
{
    auto const zip = models.empty_staging_folder() / "model.zip";
    test::put(zip, "not a zip");
    EXPECT_EQ(models.install(zip, "1").error().code, Errc::invalid_argument);
}

TEST_F(ModelFolderTest, can_install_after_a_failure)
{
    ASSERT_FALSE(install({{"model.json", "{"}}, "1.3"));
    EXPECT_TRUE(install("1.3"));
}

TEST_F(ModelFolderTest, replaces_a_model_of_the_same_version)
{
    ASSERT_TRUE(install("1.3"));
    ASSERT_TRUE(install({{"model.json", model_json("1.3")}, {"other.onnx", "x"}}, "1.3"));
    EXPECT_TRUE(fs::exists(data / "models/1.3/other.onnx"));
    EXPECT_FALSE(fs::exists(data / "models/1.3/model.onnx"));
}

TEST_F(ModelFolderTest, links_the_current_model)
{
    EXPECT_EQ(current_version(), "none");
    ASSERT_TRUE(install("1.3"));
    models.make_current("1.3");
    EXPECT_EQ(fs::read_symlink(data / "current_model"), "models/1.3");
    EXPECT_EQ(current_version(), "1.3");
    ASSERT_TRUE(install("1.4"));
    EXPECT_EQ(current_version(), "1.3");
    models.make_current("1.4");
    EXPECT_EQ(current_version(), "1.4");
}

TEST_F(ModelFolderTest, finds_the_current_model_after_a_restart)
{
    ASSERT_TRUE(install("1.3"));
    models.make_current("1.3");
    EXPECT_EQ(ModelFolder(data.path()).current_version(), "1.3");
}

TEST_F(ModelFolderTest, takes_over_the_link_of_a_peer)
{
    test::put(data / "models/2.0/model.json", model_json("2.0"));
    fs::create_symlink(data / "models/2.0", data / "current_model"); // absolute
    EXPECT_EQ(current_version(), "2.0");
}

TEST_F(ModelFolderTest, says_that_the_current_model_is_missing)
{
    fs::create_symlink("models/7", data / "current_model");
    EXPECT_EQ(current_version(), "7");
    EXPECT_EQ(models.read_installed("7").error().message, "model 7 is not on this machine");
}

TEST_F(ModelFolderTest, has_no_current_model_when_the_link_leads_elsewhere)
{
    fs::create_symlink("/etc", data / "current_model");
    EXPECT_EQ(current_version(), "none");
    fs::remove(data / "current_model");
    test::put(data / "current_model", "no link");
    EXPECT_EQ(current_version(), "none");
}

TEST_F(ModelFolderTest, never_leaves_its_folder_by_a_link)
{
    test::TempFolder const elsewhere;
    test::put(elsewhere / "1.3/model.json", model_json("1.3"));
    fs::create_symlink(elsewhere / "1.3", data / "current_model");
    EXPECT_EQ(models.read_installed(current_version()).error().code, Errc::not_found);
    fs::create_directory_symlink(elsewhere / "1.3", data / "models/1.3");
    EXPECT_EQ(models.read_installed("1.3").error().code, Errc::not_found);
    EXPECT_TRUE(models.versions().empty());
    use("1.3"); // takes the place of the link
    EXPECT_TRUE(fs::is_directory(fs::symlink_status(data / "models/1.3")));
    EXPECT_TRUE(fs::exists(elsewhere / "1.3/model.json"));
}

TEST_F(ModelFolderTest, installs_over_whatever_has_the_name_of_the_model)
{
    test::put(data / "models/1.3", "a file");
    EXPECT_EQ(models.read_installed("1.3").error().code, Errc::not_found);
    use("1.3");
    fs::create_symlink("nowhere", data / "models/1.4");
    use("1.4");
    fs::create_directories(data / "models/1.5/half of it");
    use("1.5");
    EXPECT_EQ(models.versions(), (Versions{"1.3", "1.4", "1.5"}));
}

TEST_F(ModelFolderTest, links_over_whatever_has_the_name_of_the_link)
{
    test::put(data / "current_model/model.json", "a copy that followed the link");
    test::put(data / "current_model.new/left", "by a crash");
    use("1.3");
    EXPECT_EQ(fs::read_symlink(data / "current_model"), "models/1.3");
    fs::create_symlink("models/1.2", data / "current_model.new");
    use("1.4");
    EXPECT_EQ(current_version(), "1.4");
    EXPECT_FALSE(fs::exists(fs::symlink_status(data / "current_model.new")));
}

TEST_F(ModelFolderTest, does_not_take_half_a_model_for_one)
{
    use("1.3");
    fs::resize_file(data / "models/1.3/model.onnx", 3);
    EXPECT_TRUE(models.read_installed("1.3").error().message.starts_with("model.onnx: is not as it was installed"));
    fs::remove(data / "models/1.3/model.json");
    EXPECT_TRUE(models.read_installed("1.3").error().message.starts_with("the model has no readable model.json"));
}

TEST_F(ModelFolderTest, does_not_take_a_model_for_another_version)
{
    use("1.3");
    fs::copy(data / "models/1.3", data / "models/1.4");
    EXPECT_EQ(models.read_installed("1.4").error().message, "model.json: version is '1.3', but 1.4 was asked for");
}

TEST_F(ModelFolderTest, takes_a_model_that_others_have_installed)
{
    test::put(data / "models/2.0/model.json", model_json("2.0"));
    EXPECT_EQ(models.read_installed("2.0")->version, "2.0");
}

TEST_F(ModelFolderTest, keeps_the_last_three_models)
{
    for (auto const* version : {"1", "2", "3", "4", "5"}) use(version);
    EXPECT_EQ(models.versions(), (Versions{"3", "4", "5"}));
}

TEST_F(ModelFolderTest, keeps_an_old_model_that_became_current_again)
{
    for (auto const* version : {"1", "2", "3"}) use(version);
    models.make_current("1");
    use("4");
    EXPECT_EQ(models.last_used_first(), (Versions{"4", "1", "3"}));
}

TEST_F(ModelFolderTest, knows_the_order_of_use_when_the_clock_has_jumped_back)
{
    use("1");
    fs::last_write_time(data / "models/1", fs::file_time_type::clock::now() + std::chrono::hours(24 * 365));
    for (auto const* version : {"2", "3", "4"}) use(version);
    EXPECT_EQ(models.last_used_first(), (Versions{"4", "3", "2"}));
}

TEST_F(ModelFolderTest, never_deletes_the_current_model)
{
    use("1");
    for (auto const* version : {"2", "3", "4", "5"}) {
        ASSERT_TRUE(install(version));
        fs::last_write_time(data / "models" / version, fs::file_time_type::clock::now() + std::chrono::hours(1));
    }
    models.delete_old_models();
    EXPECT_EQ(models.versions().size(), 3u);
    models.remove("1");
    EXPECT_TRUE(models.read_installed("1"));
}

TEST_F(ModelFolderTest, lists_the_versions_that_are_here)
{
    EXPECT_TRUE(models.versions().empty());
    for (auto const* version : {"1.4", "1.3"}) ASSERT_TRUE(install(version));
    test::put(data / "models/README", "no model");
    EXPECT_EQ(models.versions(), (std::vector<std::string>{"1.3", "1.4"}));
}

TEST_F(ModelFolderTest, removes_a_model)
{
    ASSERT_TRUE(install("1"));
    models.remove("1");
    models.remove("never there");
    EXPECT_EQ(models.read_installed("1").error().code, Errc::not_found);
}

TEST_F(ModelFolderTest, sweeps_what_an_interrupted_download_left)
{
    test::put(data / "models/.staging/model.zip", "half");
    ModelFolder const restarted(data.path());
    EXPECT_TRUE(fs::is_empty(data / "models/.staging"));
}

TEST_F(ModelFolderTest, is_cleared_of_all_models)
{
    ASSERT_TRUE(install("1"));
    models.make_current("1");
    models.clear();
    EXPECT_TRUE(models.versions().empty());
    EXPECT_EQ(current_version(), "none");
    EXPECT_FALSE(fs::exists(fs::symlink_status(data / "current_model")));
    models.clear();
    ASSERT_TRUE(install("2"));
}

} // namespace
} // namespace learning_loop
