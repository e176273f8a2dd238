#include "learning_loop/detector/outbox/settle_date.h"

#include "learning_loop/base/log.h"
#include "learning_loop/base/text.h"
#include "learning_loop/detector/outbox/image_folder.h"
#include "learning_loop/json/json.h"
#include "learning_loop/json/reflect.h"

#include <system_error>

namespace learning_loop {
namespace {

constexpr std::size_t max_mark_bytes = 1000;

Result<ClockMark> read_mark(std::string const& text)
{
    auto const document = parse_json(text, clock_mark_file);
    if (!document) return document.error();
    return from_json<ClockMark>(*document, JsonPath(std::string(clock_mark_file)));
}

/// The metadata with the date of its mark. Errors: invalid_argument and unavailable tell why nobody knows it.
Result<std::string> dated(std::string const& metadata, std::string const& mark_text, Moment const& now)
{
    auto const mark = read_mark(mark_text);
    if (!mark) return mark.error();
    auto const date = date_of(*mark, now);
    if (!date)
        return Error{Errc::unavailable, "the clock was not set before the machine was started anew, or is not yet"};
    auto text = with_date(metadata, *date);
    if (!text) return Error{Errc::invalid_argument, "the metadata is no JSON object"};
    return std::move(*text);
}

/// Errors: out_of_space.
Result<void> replace(Disk& disk, Disk::Path const& file, std::string const& text)
{
    auto const next = file.parent_path() / "next.json";
    if (auto const written = disk.write_file(next, text); !written) return written;
    disk.sync({next}, {});
    disk.rename(next, file);
    disk.sync({}, {file.parent_path()});
    return {};
}

} // namespace

bool settle_date(Disk& disk, Disk::Path const& image_folder, std::string const& metadata_file, Moment const& now)
{
    auto const name = printable(image_folder.filename().string());
    auto const mark_path = image_folder / clock_mark_file;
    try {
        if (!disk.file_bytes(mark_path)) return true;
        auto const mark = disk.read_file(mark_path, max_mark_bytes);
        auto const metadata = disk.read_file(image_folder / metadata_file, max_metadata_bytes);
        auto const text = !mark       ? Result<std::string>(mark.error())
                          : !metadata ? Result<std::string>(metadata.error())
                                      : dated(*metadata, *mark, now);
        if (!text) log::warn("outbox: the date of {} stays as it is: {}", name, text.error().message);
        auto const replaced = text ? replace(disk, image_folder / metadata_file, *text) : Result<void>();
        if (replaced) disk.remove(mark_path);
        else log::warn("outbox: {} waits until its date can be written: {}", name, replaced.error().message);
        return replaced.has_value();
    } catch (std::system_error const& failure) {
        log::warn("outbox: {} waits until its date can be written: {}", name, failure.what());
        return false;
    }
}

} // namespace learning_loop
