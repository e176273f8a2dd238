#include "learning_loop/detector/outbox/outbox_reader.h"

#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/image_folder.h"
#include "learning_loop/detector/outbox/rejected_images.h"
#include "learning_loop/json/json.h"

#include <boost/describe/enum_to_string.hpp>

#include <algorithm>
#include <system_error>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t max_reason_bytes = 64u << 10;

} // namespace

std::string name_of(OutboxQueue queue)
{
    return boost::describe::enum_to_string(queue, "?");
}

OutboxReader::OutboxReader(fs::path folder, Disk const& disk) : folder_(std::move(folder)), disk_(disk) {}

fs::path OutboxReader::folder_of(OutboxQueue queue, std::string const& name) const
{
    return folder_ / name_of(queue) / name;
}

std::vector<std::string> OutboxReader::names_in(OutboxQueue queue) const
{
    std::vector<std::string> names;
    try {
        disk_.list(folder_ / name_of(queue), [&](Disk::Entry const& entry) { names.push_back(entry.name); });
    } catch (std::system_error const& failure) {
        if (failure.code() != std::errc::no_such_file_or_directory) throw;
    }
    std::ranges::sort(names); // ids sort by age
    return names;
}

Result<FoundImage> OutboxReader::read(OutboxQueue queue, std::string const& name) const
{
    FoundImage found{name, queue, 0, {}, {}};
    auto const folder = folder_of(queue, name);
    auto const bytes = image_bytes_in(folder, disk_);
    bool const is_rejected = queue == OutboxQueue::rejected;
    if (!bytes && is_gone(queue, name)) return Error{Errc::not_found, printable(name) + " is gone"};
    if (!bytes && !is_rejected) return Error{Errc::invalid_argument, bytes.error().message};
    found.bytes = bytes ? *bytes : 0;
    found.created = created(folder / image_file_name(name, ".json"));
    if (!is_rejected) return found;
    auto const reason = disk_.read_file(folder / RejectedImages::reason_file, max_reason_bytes);
    if (reason) found.reason = reason->substr(0, reason->find('\n'));
    return found;
}

bool OutboxReader::is_gone(OutboxQueue queue, std::string const& name) const
{
    try {
        disk_.list(folder_of(queue, name), [](Disk::Entry const&) {});
    } catch (std::system_error const& failure) {
        return failure.code() == std::errc::no_such_file_or_directory;
    }
    return false;
}

std::optional<std::string> OutboxReader::created(fs::path const& json) const
{
    std::string text;
    try {
        auto const read = disk_.read_file(json, max_metadata_bytes);
        if (!read) return std::nullopt;
        text = *read;
    } catch (std::system_error const&) { // a bad sector, or somebody else's
        return std::nullopt;
    }
    auto const document = parse_json_with_odd_numbers(text, "metadata");
    auto const* const object = document ? document->if_object() : nullptr;
    auto const* const value = object ? find_present(*object, "created") : nullptr;
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->get_string().data(), value->get_string().size());
}

} // namespace learning_loop
