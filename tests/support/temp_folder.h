#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <stdlib.h>
#include <string>
#include <string_view>

namespace learning_loop::test {

/// A new empty folder that goes, with all that is in it, when the test ends.
class TempFolder {
public:
    TempFolder()
    {
        auto name = (std::filesystem::temp_directory_path() / "learning_loop_test_XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder to be had");
        path_ = name;
    }
    TempFolder(TempFolder const&) = delete;
    TempFolder& operator=(TempFolder const&) = delete;
    ~TempFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path const& path() const { return path_; }
    std::filesystem::path operator/(std::filesystem::path const& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// Writes a file, and the folders above it.
inline void put(std::filesystem::path const& file, std::string_view bytes)
{
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

/// A whole file; empty when it is missing.
inline std::string bytes_of(std::filesystem::path const& file)
{
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

} // namespace learning_loop::test
