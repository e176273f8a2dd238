#pragma once

#include "learning_loop/base/descriptor.h"
#include "learning_loop/base/error.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace learning_loop {

/// The bytes of a zip, in memory or in a file, from any place on. Blocks.
class ZipInput {
public:
    /// Errors: not_found if there is no such file.
    static Result<ZipInput> of_file(std::filesystem::path const& file);

    /// The bytes must outlive it.
    explicit ZipInput(std::string_view bytes) : bytes_(bytes), size_bytes_(bytes.size()) {}

    /// Returns how many bytes were copied: fewer than fit only at the end. Throws std::system_error.
    std::size_t read(std::uint64_t offset, std::span<char> into) const;

    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    ZipInput(Descriptor file, std::uint64_t size_bytes) : file_(std::move(file)), size_bytes_(size_bytes) {}

    std::string_view bytes_; ///< Unless there is a file.
    Descriptor file_;
    std::uint64_t size_bytes_;
};

} // namespace learning_loop
