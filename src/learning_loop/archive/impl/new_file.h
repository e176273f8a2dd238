#pragma once

#include "learning_loop/base/error.h"

#include <filesystem>
#include <string_view>

namespace learning_loop {

/// A file that is written piece by piece. Unless it is kept it vanishes with this object. What fails other than for
/// want of space throws std::system_error, also when there is such a file already.
class NewFile {
public:
    explicit NewFile(std::filesystem::path path);
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    Result<void> append(std::string_view bytes); ///< out_of_space
    Result<void> sync();                         ///< out_of_space. Nothing can be appended afterwards.
    void keep() { kept_ = true; }

    std::filesystem::path const& path() const { return path_; }

private:
    Result<void> failed(char const* what) const;

    std::filesystem::path path_;
    int descriptor_;
    bool kept_ = false;
};

} // namespace learning_loop
