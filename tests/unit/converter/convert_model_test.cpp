#include "learning_loop/converter/convert_model.h"

#include "support/fake_converter.h"
#include "support/raw_zip.h"
#include "support/source_models.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <system_error>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct ConvertModelTest : testing::Test {
    test::TempFolder data;
    ConversionFolder folder{data.path()};

    ConvertModelTest() { folder.make_empty().value(); }
    Result<SourceDescription> unpack(std::vector<std::pair<std::string, std::string>> const& files)
    {
        folder.make_empty().value();
        test::put(folder.zip(), test::raw_zip(files));
        return unpack_model(folder, test::a_model());
    }
    Result<ConvertedModel> convert(test::FakeConverter::Convert const& convert_files)
    {
        auto const source = unpack({{"a.txt", "hello"}, {"model.json", R"({"resolution":"640"})"}});
        test::FakeConverter converter(convert_files);
        Conversion conversion;
        conversion.model = source.value().model;
        conversion.source = folder.source();
        conversion.target = folder.target();
        return convert_model(converter, conversion, *source, folder, "format_b");
    }
};

TEST_F(ConvertModelTest, shows_the_converter_the_unpacked_files_and_takes_what_it_makes)
{
    auto const converted = convert([](Conversion& conversion) {
        EXPECT_EQ(conversion.model.resolution, 640);
        EXPECT_TRUE(fs::exists(conversion.source / "model.json"));
        EXPECT_TRUE(fs::is_empty(conversion.target));
        return test::FakeConverter::copy(conversion);
    });
    ASSERT_EQ(converted.value().files.size(), 1u);
    EXPECT_EQ(test::bytes_of(converted->files[0].path), "converted hello");
    EXPECT_NE(converted->description.find("\"format_b\""), std::string::npos);
    EXPECT_FALSE(fs::exists(folder.zip())); // unpacked, it takes room twice
}

TEST_F(ConvertModelTest, takes_the_model_json_of_the_converter_for_the_description)
{
    auto const converted = convert([](Conversion& conversion) -> test::FakeConverter::Result {
        test::put(conversion.target / "model.json", R"({"mine":1})");
        test::put(conversion.target / "b.txt", "x");
        return std::vector<fs::path>{"model.json", "b.txt"};
    });
    ASSERT_EQ(converted.value().files.size(), 1u);
    EXPECT_NE(converted->description.find("\"mine\": 1"), std::string::npos) << converted->description;
    EXPECT_NE(converted->description.find("\"resolution\": 640"), std::string::npos) << converted->description;
}

TEST_F(ConvertModelTest, takes_whatever_the_converter_throws_for_an_error_of_the_model)
{
    auto const thrown =
        convert([](Conversion&) -> test::FakeConverter::Result { throw std::runtime_error("layer 7"); });
    EXPECT_EQ(thrown.error().code, Errc::invalid_argument);
    EXPECT_EQ(thrown.error().message, "layer 7");
    auto const odd = convert([](Conversion&) -> test::FakeConverter::Result { throw 7; });
    EXPECT_EQ(odd.error().message, "the converter threw what is no std::exception");
    auto const told = convert([](Conversion&) -> test::FakeConverter::Result {
        return Error{Errc::unavailable, "the GPU is busy"};
    });
    EXPECT_EQ(told.error().code, Errc::unavailable);
}

TEST_F(ConvertModelTest, takes_a_full_disk_for_no_error_of_the_model)
{
    auto const full = convert([](Conversion&) -> test::FakeConverter::Result {
        throw std::system_error(std::make_error_code(std::errc::no_space_on_device));
    });
    EXPECT_EQ(full.error().code, Errc::out_of_space);
}

TEST_F(ConvertModelTest, survives_a_converter_that_removes_its_folders)
{
    auto const removed = convert([](Conversion& conversion) -> test::FakeConverter::Result {
        fs::remove_all(conversion.source.parent_path());
        return std::vector<fs::path>{"b.txt"};
    });
    EXPECT_EQ(removed.error().message, "the converter returned 'b.txt', which is not there");
}

TEST_F(ConvertModelTest, unpacks_nothing_that_leads_out_of_the_folder)
{
    EXPECT_EQ(unpack({{"../a.txt", "x"}}).error().code, Errc::invalid_argument);
    EXPECT_FALSE(fs::exists(data / "conversion/a.txt"));
    EXPECT_EQ(unpack({{"a.txt", "x"}, {"A.TXT", "y"}}).error().code, Errc::invalid_argument);
    EXPECT_EQ(unpack({{"model.json", "{"}}).error().code, Errc::invalid_argument);
    EXPECT_TRUE(unpack({{"a.txt", "x"}}));
}

TEST_F(ConvertModelTest, begins_in_empty_folders_and_leaves_none)
{
    test::put(folder.target() / "left", "by a process that was killed");
    fs::create_directory_symlink(data.path(), data / "conversion/link");
    test::put(data / "kept", "x");
    folder.make_empty().value();
    EXPECT_TRUE(fs::is_empty(folder.target()));
    folder.remove().value();
    EXPECT_FALSE(fs::exists(data / "conversion"));
    EXPECT_TRUE(fs::exists(data / "kept"));
    folder.remove().value(); // there is none
}

} // namespace
} // namespace learning_loop
