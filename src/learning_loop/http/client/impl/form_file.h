#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <curl/curl.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace learning_loop::http {

/// A file as the content of a part of a form. It is opened when its turn comes, so that a form of many files takes few
/// descriptors. libcurl's own reader takes a disk that fails for the end of the file, and waits then for the rest.
class FormFile {
public:
    /// `refusal`: why it cannot be read after all, which ends the transfer; must outlive the part. Errors: not_found if
    /// it cannot be read or is no plain file; a link is none. unavailable if the system has no descriptor for it.
    static Result<void> set(curl_mimepart* part, std::filesystem::path const& file, std::optional<Error>& refusal);

private:
    FormFile(std::filesystem::path file, std::uint64_t bytes, std::optional<Error>& refusal)
        : file_(std::move(file)), bytes_(bytes), refusal_(refusal)
    {}

    static std::size_t on_read(char* data, std::size_t, std::size_t bytes, void* self) noexcept;
    static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
    static void on_free(void* self) noexcept;
    Result<std::size_t> read(char* data, std::size_t bytes);

    std::filesystem::path file_;
    std::uint64_t bytes_;
    std::optional<Error>& refusal_;
    Descriptor descriptor_; ///< From the first read to the end of the file.
    std::uint64_t offset_ = 0;
};

} // namespace learning_loop::http
