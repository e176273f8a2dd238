#pragma once

#include "learning_loop/converter/converter.h"
#include "support/temp_folder.h"

#include <functional>
#include <utility>

namespace learning_loop::test {

/// A converter from format_a to format_b that does what the test wants it to.
struct FakeConverter final : Converter {
    using Result = learning_loop::Result<std::vector<std::filesystem::path>>;
    using Convert = std::function<Result(Conversion&)>;

    explicit FakeConverter(Convert convert) : convert_(std::move(convert)) {}

    std::string source_format() const override { return "format_a"; }
    std::string target_format() const override { return "format_b"; }
    Result convert(Conversion& conversion) override { return convert_(conversion); }

    /// Copies `a.txt` to `b.txt`, with a word before it.
    static Result copy(Conversion& conversion)
    {
        put(conversion.target / "b.txt", "converted " + bytes_of(conversion.source / "a.txt"));
        return std::vector<std::filesystem::path>{"b.txt"};
    }

private:
    Convert convert_;
};

} // namespace learning_loop::test
