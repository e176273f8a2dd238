// Both readers of zips take the same ones, within the limits, and nothing is written beside the folder that was given.
// What was packed by hand becomes plain files, too.
#include "learning_loop/archive/zip.h"

#include "target.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

namespace learning_loop {
namespace {

namespace fs = std::filesystem;
using fuzz::require;

constexpr ZipLimits limits{.max_entries = 8, .max_bytes = 1 << 16};
constexpr std::string_view canary = "nobody writes here";

std::string content_of(fs::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write(fs::path const& path, std::string_view bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// A folder `target` among files that must stay as they are, two levels up and beside it.
class Surroundings {
public:
    Surroundings()
    {
        fs::create_directories(target);
        write(root_ / "canary", canary);
        write(target.parent_path() / "canary", canary);
    }
    ~Surroundings() { fs::remove_all(root_); }

    void require_untouched() const
    {
        std::set<fs::path> found;
        for (auto const& entry : fs::recursive_directory_iterator(root_)) {
            if (entry.path().parent_path() != target) found.insert(entry.path().lexically_relative(root_));
        }
        require(found == std::set<fs::path>{"canary", "inner", "inner/canary", "inner/given.zip", "inner/target"},
                "nothing is written beside the folder");
        require(content_of(root_ / "canary") == canary && content_of(root_ / "inner/canary") == canary,
                "what lies beside the folder stays as it is");
    }

private:
    static fs::path in_memory()
    {
        return fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
    }

    fs::path const root_ = in_memory() / ("fuzz_zip." + std::to_string(::getpid()));

public:
    fs::path const target = root_ / "inner/target";
    fs::path const zip = root_ / "inner/given.zip";
};

std::map<std::string, std::string> files_in(fs::path const& folder)
{
    std::map<std::string, std::string> files;
    for (auto const& entry : fs::directory_iterator(folder)) {
        require(fs::is_regular_file(entry.symlink_status()), "only plain files are unpacked");
        files[entry.path().filename().string()] = content_of(entry.path());
    }
    return files;
}

void require_plain_name(std::string const& name)
{
    auto const plain = [](char c) { return c >= ' ' && c <= '~' && c != '/' && c != '\\'; };
    require(!name.empty() && name.size() <= 255 && name != "." && name != "..", "a name is that of a file");
    require(std::ranges::all_of(name, plain), "a name is plain");
}

std::map<std::string, std::string> checked_files(std::vector<ZipEntry> const& entries)
{
    require(!entries.empty() && entries.size() <= limits.max_entries, "the number of files is limited");
    std::map<std::string, std::string> files;
    std::uintmax_t bytes = 0;
    for (auto const& entry : entries) {
        require_plain_name(entry.name);
        bytes += entry.bytes.size();
        files[entry.name] = entry.bytes;
    }
    require(bytes <= limits.max_bytes, "the bytes of all files are limited");
    require(files.size() == entries.size(), "no name comes twice");
    return files;
}

void require_packed_again(std::vector<ZipEntry> const& entries, fs::path const& zip)
{
    std::vector<ZipSource> sources;
    for (auto const& entry : entries) sources.push_back({entry.name, entry.bytes});
    require(write_zip(zip, sources).has_value(), "what was unpacked can be packed");
    auto const again = read_zip(content_of(zip), limits);
    auto const same = [](ZipEntry const& a, ZipEntry const& b) { return a.name == b.name && a.bytes == b.bytes; };
    require(again.has_value() && std::ranges::equal(entries, *again, same), "files survive being packed");
}

void check_flat(std::string_view bytes)
{
    auto const flat = read_flat_zip(bytes, limits);
    if (flat) checked_files(flat->entries);
    auto const is_sound = check_zip(bytes, limits).has_value();
    require(is_sound || !read_zip(bytes, limits).has_value(), "what can be read is sound");
}

void check(std::string_view bytes)
{
    check_flat(bytes);
    static Surroundings const around;
    auto const read = read_zip(bytes, limits);
    write(around.zip, bytes);
    auto const unpacked = unpack_zip(around.zip, around.target, limits);
    around.require_untouched();
    auto const files = files_in(around.target);
    require(read.has_value() == unpacked.has_value(), "both readers take the same zips");
    if (!read) {
        require(read.error().code == unpacked.error().code, "both readers say the same is wrong");
        require(files.empty(), "of a zip that is refused nothing stays");
        return;
    }
    require(checked_files(*read) == files, "both readers find the same files");
    require_packed_again(*read, around.zip);
    for (auto const& [name, content] : files) fs::remove(around.target / name);
}

} // namespace
} // namespace learning_loop

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    learning_loop::check(learning_loop::fuzz::text_of(data, size));
    return 0;
}
