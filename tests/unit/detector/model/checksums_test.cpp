#include "learning_loop/detector/model/checksums.h"

#include "support/temp_folder.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;

struct ChecksumsTest : testing::Test {
    test::TempFolder folder;

    ChecksumsTest()
    {
        test::put(folder / "model.onnx", "weights");
        test::put(folder / "model.json", "{}");
        write_checksums(folder.path()).value();
    }
    std::string fault()
    {
        auto const checked = check_checksums(folder.path());
        return checked ? "none" : checked.error().message.substr(0, checked.error().message.find(':'));
    }
};

TEST_F(ChecksumsTest, are_those_of_sha256sum)
{
    EXPECT_EQ(test::bytes_of(folder / ".sha256sums"),
              "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  model.json\n"
              "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c  model.onnx\n");
}

TEST_F(ChecksumsTest, fit_a_folder_that_is_whole)
{
    EXPECT_EQ(fault(), "none");
    write_checksums(folder.path()).value(); // once more
    EXPECT_EQ(fault(), "none");
}

TEST_F(ChecksumsTest, name_the_file_that_is_cut_changed_or_gone)
{
    test::put(folder / "model.onnx", "weight");
    EXPECT_EQ(fault(), "model.onnx");
    test::put(folder / "model.onnx", "Weights");
    EXPECT_EQ(fault(), "model.onnx");
    fs::remove(folder / "model.onnx");
    EXPECT_EQ(fault(), "model.onnx");
}

TEST_F(ChecksumsTest, are_damaged_themselves_when_they_make_no_sense)
{
    for (auto const* text : {"x\n", "  \n", "9bf6fe1e  model.onnx\n"}) {
        test::put(folder / ".sha256sums", text);
        EXPECT_EQ(fault(), ".sha256sums") << text;
    }
    fs::remove(folder / ".sha256sums");
    fs::create_directory(folder / ".sha256sums");
    EXPECT_EQ(fault(), ".sha256sums");
}

TEST_F(ChecksumsTest, are_not_asked_for_where_there_are_none)
{
    fs::remove(folder / ".sha256sums");
    EXPECT_EQ(fault(), "none");
}

} // namespace
} // namespace learning_loop
