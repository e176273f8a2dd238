#include "learning_loop/server/models/model_package.h"

#include "support/multipart_body.h"
#include "support/raw_zip.h"
#include "support/temp_folder.h"

#include <gtest/gtest.h>

#include <random>

namespace learning_loop {
namespace {

using test::raw_zip;
using NamesAndBytes = std::vector<std::pair<std::string, std::string>>;

Result<ModelPackage> read(NamesAndBytes const& files)
{
    test::TempFolder const folder;
    auto reader = http::UploadReader::of(test::multipart_type, folder.path()).value();
    reader.feed(test::multipart_body(files)).value();
    auto upload = reader.finish().value();
    return read_model_upload(upload);
}

std::string names_of(Result<ModelPackage> const& package)
{
    if (!package) return package.error().message;
    std::string names;
    for (auto const& file : package->files) names += file.name + ' ';
    return names;
}

TEST(ModelUpload, files_may_come_one_by_one_or_as_one_zip)
{
    auto const files = *read({{"model.onnx", "weights"}, {"model.json", R"({"own": 1})"}});
    auto const unpacked =
        *read({{"my model.ZIP", raw_zip({{"model.json", R"({"own": 1})"}, {"model.onnx", "weights"}})}});
    for (auto const& package : {files, unpacked}) {
        ASSERT_EQ(package.files.size(), 1U);
        EXPECT_EQ(package.files[0].bytes, "weights");
        EXPECT_EQ(package.description.at("own"), 1);
    }
    EXPECT_EQ(files.content_hash, unpacked.content_hash);
}

TEST(ModelUpload, what_is_not_called_zip_stays_whole)
{
    auto const npz = raw_zip({{"weights.npy", "numbers"}});
    auto const package = *read({{"n.npz", npz}});
    ASSERT_EQ(package.files.size(), 1U);
    EXPECT_EQ(package.files[0].name, "n.npz");
    EXPECT_EQ(package.files[0].bytes, npz);
    EXPECT_EQ(names_of(read({{"model.pt", npz}})), "model.pt ");
}

TEST(ModelUpload, what_is_called_zip_must_be_one)
{
    for (auto const* name : {"model.zip", "model.ZIP", "my%20model.Zip"}) {
        EXPECT_EQ(read({{name, "weights"}}).error().code, Errc::unprocessable) << name;
        EXPECT_EQ(read({{name, ""}}).error().code, Errc::unprocessable) << name;
        EXPECT_EQ(read({{name, "weights"}, {"model.json", "{}"}}).error().code, Errc::unprocessable) << name;
    }
}

TEST(ModelUpload, a_zip_without_files_is_told_as_such)
{
    auto const refused = read({{"model.zip", "PK\5\6" + std::string(18, '\0')}});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("the zip has no files"), std::string::npos) << refused.error().message;
}

TEST(ModelUpload, a_zip_among_others_stays_a_file_with_its_folders)
{
    auto const zip = raw_zip({{"saved/variables/a", "1"}, {"saved/model.pb", "2"}});
    auto const package = *read({{"saved.zip", zip}, {"model.json", "{}"}});
    ASSERT_EQ(package.files.size(), 1U);
    EXPECT_EQ(package.files[0].bytes, zip);
}

TEST(ModelUpload, a_zip_in_one_folder_is_taken_flat_and_told)
{
    auto const package =
        *read({{"model.zip", raw_zip({{"best/model.onnx", "1"}, {"__MACOSX/best/._model.onnx", "2"}})}});
    ASSERT_EQ(package.files.size(), 1U);
    EXPECT_EQ(package.files[0].name, "model.onnx");
    EXPECT_EQ(package.remarks.size(), 2U);
}

TEST(ModelUpload, names_may_have_blanks_also_as_percent_escapes)
{
    EXPECT_EQ(names_of(read({{"best weights.pt", "w"}})), "best weights.pt ");
    EXPECT_EQ(names_of(read({{"best%20weights.pt", "w"}})), "best weights.pt ");
    EXPECT_EQ(names_of(read({{"100%.pt", "w"}})), "100%.pt ");
    EXPECT_EQ(names_of(read({{"a (1) [b]=c,d+e@f#g~.pt", "w"}})), "a (1) [b]=c,d+e@f#g~.pt ");
    EXPECT_EQ(read({{"a b", "1"}, {"a%20b", "2"}}).error().code, Errc::unprocessable);
    EXPECT_EQ(read({{"best weights.pt", "w"}})->content_hash, read({{"best%20weights.pt", "w"}})->content_hash);
}

TEST(ModelUpload, a_name_that_is_a_path_or_comes_twice_is_refused)
{
    for (std::string const name :
         {"../model.onnx", "a/b",  ".hidden", "",      ".",   "..",    "%2e%2e", "..%2Fevil", "/etc/passwd",
          "C:\\evil",      "a\\b", "a%5Cb",   "a%00b", "%00", "a%0Ab", "a%7Fb",  ";touch x;", "$(id)",
          "`id`",          "-rf",  "a|b",     "a>b",   " a",  "a ",    "%20"}) {
        EXPECT_EQ(read({{name, "weights"}}).error().code, Errc::unprocessable) << name;
    }
    EXPECT_EQ(read({{std::string(300, 'n'), "weights"}}).error().code, Errc::unprocessable);
    EXPECT_EQ(read({{"a.txt", "1"}, {"A.txt", "2"}}).error().code, Errc::unprocessable);
}

TEST(ModelUpload, a_part_without_a_file_is_told_how_files_are_sent)
{
    for (auto const& files : {NamesAndBytes{{"", "text"}}, NamesAndBytes{{"model.onnx", "weights"}, {"", "text"}}})
        EXPECT_NE(names_of(read(files)).find("has no file name: send files, as"), std::string::npos);
}

TEST(ModelUpload, a_name_beyond_ascii_is_to_be_changed)
{
    for (auto const* name : {"R\xC3\xBC"
                             "be.pt",
                             "R%C3%BCbe.pt", "R%FCbe.pt"}) {
        EXPECT_NE(names_of(read({{name, "weights"}})).find("rename the file"), std::string::npos) << name;
    }
}

TEST(ModelUpload, model_json_in_other_letters_is_refused_alone_and_beside_it)
{
    for (NamesAndBytes const& files : {NamesAndBytes{{"Model.json", "{}"}, {"model.onnx", "w"}},
                                       NamesAndBytes{{"model.json", "{}"}, {"MODEL.JSON", "{}"}},
                                       NamesAndBytes{{"model.zip", raw_zip({{"Model.json", "{}"}})}}}) {
        EXPECT_NE(names_of(read(files)).find("model.json, in lower case"), std::string::npos) << names_of(read(files));
    }
    EXPECT_NE(names_of(read({{"m.zip", raw_zip({{"model.json", "{}"}, {"Model.json", "{}"}})}})).find("lower case"),
              std::string::npos);
}

TEST(ModelUpload, a_wrong_model_json_is_refused_before_anything_is_stored)
{
    EXPECT_EQ(names_of(read({{"model.onnx", "w"}, {"model.json", R"({"categories": ["cow"]})"}})),
              "files: model.json: categories[0]: expected an object");
}

TEST(ModelUpload, a_broken_zip_and_an_empty_form_are_refused)
{
    auto const zip = raw_zip({{"model.onnx", std::string(1000, 'x')}});
    EXPECT_EQ(read({{"model.zip", zip.substr(0, 500)}}).error().code, Errc::unprocessable);
    EXPECT_EQ(read({}).error().code, Errc::unprocessable);
}

TEST(ModelUpload, has_the_hash_of_its_names_and_bytes_in_any_order)
{
    auto const hash = read({{"a", "1"}, {"b", "2"}})->content_hash;
    EXPECT_EQ(read({{"b", "2"}, {"a", "1"}})->content_hash, hash);
    for (NamesAndBytes const& other :
         {NamesAndBytes{{"a", "2"}, {"b", "1"}}, NamesAndBytes{{"a", "1"}}, NamesAndBytes{{"a", "1"}, {"B", "2"}},
          NamesAndBytes{{"a", "1"}, {"b", "2"}, {"model.json", "{}"}}}) {
        EXPECT_NE(read(other)->content_hash, hash);
    }
    EXPECT_NE(read({{"a", "1"}, {"model.json", R"({"resolution": 640})"}})->content_hash,
              read({{"a", "1"}, {"model.json", R"({"resolution": "640"})"}})->content_hash);
}

TEST(ModelUpload, archives_of_any_shape_become_plain_files_or_are_refused)
{
    auto const seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string const umlaut = "\xC3\xBC";
    std::vector<std::string> const parts{"a",        "b c",       "..",   ".",          "",
                                         "__MACOSX", ".DS_Store", "C:",   "model.json", "Model.json",
                                         umlaut,     "x\\y",      "best", "best",       "$(id)"};
    int taken = 0;
    for (int round = 0; round < 500; ++round) {
        NamesAndBytes files;
        for (auto count = 1 + random() % 3; count > 0; --count) {
            auto name = parts[random() % parts.size()];
            for (auto depth = random() % 3; depth > 0; --depth) name += "/" + parts[random() % parts.size()];
            files.emplace_back(name, "{}");
        }
        auto const package = read({{"model.zip", raw_zip(files)}});
        if (package) ++taken;
        else EXPECT_EQ(package.error().code, Errc::unprocessable) << package.error().message;
        for (auto const& file : package ? package->files : std::vector<ZipEntry>()) {
            EXPECT_EQ(file.name.find_first_of("/\\:$"), std::string::npos) << file.name;
            EXPECT_NE(file.name, "..");
        }
    }
    EXPECT_GT(taken, 5);
}

} // namespace
} // namespace learning_loop
