#include "learning_loop/archive/impl/zip_contents.h"

#include "learning_loop/archive/impl/zip_names.h"
#include "learning_loop/base/text.h"

#include <algorithm>
#include <optional>

namespace learning_loop {
namespace {

constexpr std::size_t end_size = 22; // of the record at the end, without the comment
constexpr std::size_t locator_size = 20;
constexpr std::size_t large_end_size = 56;
constexpr std::size_t record_size = 46;
constexpr std::size_t header_size = 30;
constexpr std::uint64_t elsewhere = 0xFFFFFFFF; // the value stands in a field of 64 bits
constexpr unsigned is_encrypted = 1;
constexpr unsigned tells_lengths_later = 8;

std::uint64_t number_in(std::string_view bytes, std::size_t at, std::size_t size)
{
    std::uint64_t number = 0;
    for (auto i = at + size; i-- > at;) number = number << 8U | static_cast<unsigned char>(bytes.at(i));
    return number;
}

/// Fewer bytes if the zip ends before.
std::string bytes_of(ZipInput const& zip, std::uint64_t offset, std::size_t count)
{
    std::string bytes(count, '\0');
    bytes.resize(zip.read(offset, bytes));
    return bytes;
}

/// Where the table of contents is, and how many entries it has.
struct Table {
    std::uint64_t entries = 0;
    std::uint64_t size = 0;
    std::uint64_t place = 0;
    std::uint64_t end = 0; ///< Where what follows it begins.
};

/// Where the record at the end begins. nullopt if there is none, or if its comment holds another one.
std::optional<std::uint64_t> find_end(ZipInput const& zip)
{
    constexpr std::size_t max_comment = 0xFFFF;
    auto const tail_size = static_cast<std::size_t>(std::min<std::uint64_t>(zip.size_bytes(), end_size + max_comment));
    auto const tail_place = zip.size_bytes() - tail_size;
    auto const tail = bytes_of(zip, tail_place, tail_size);
    std::optional<std::uint64_t> found;
    for (auto at = tail.find("PK\5\6"); at != std::string::npos; at = tail.find("PK\5\6", at + 1)) {
        bool const is_last = at + end_size <= tail.size() && at + end_size + number_in(tail, at + 20, 2) == tail.size();
        if (is_last && found) return std::nullopt;
        if (is_last) found = tail_place + at;
    }
    return found;
}

/// Of a zip with numbers of 64 bits; those of 32 bits must be the same, or say that they stand here.
std::optional<Table> large_table(ZipInput const& zip, std::uint64_t locator_place, std::string_view locator,
                                 Table const& small)
{
    auto const place = number_in(locator, 8, 8);
    auto const record = bytes_of(zip, place, large_end_size);
    if (record.size() < large_end_size || !record.starts_with("PK\6\6")) return std::nullopt;
    auto const rest = number_in(record, 4, 8);
    if (place > locator_place || rest != locator_place - place - 12) return std::nullopt;
    Table const table{number_in(record, 32, 8), number_in(record, 40, 8), number_in(record, 48, 8), place};
    bool const is_same = (small.entries == table.entries || small.entries == 0xFFFF) &&
                         (small.size == table.size || small.size == elsewhere) &&
                         (small.place == table.place || small.place == elsewhere);
    bool const is_one_disk = number_in(record, 16, 8) == 0 && number_in(record, 24, 8) == table.entries;
    return is_same && is_one_disk ? std::optional(table) : std::nullopt;
}

std::optional<Table> find_table(ZipInput const& zip, std::uint64_t end)
{
    auto const record = bytes_of(zip, end, end_size);
    Table table{number_in(record, 10, 2), number_in(record, 12, 4), number_in(record, 16, 4), end};
    if (number_in(record, 4, 4) != 0 || number_in(record, 8, 2) != table.entries) return std::nullopt;
    if (end >= locator_size) {
        auto const locator = bytes_of(zip, end - locator_size, locator_size);
        if (locator.starts_with("PK\6\7")) {
            auto const large = large_table(zip, end - locator_size, locator, table);
            if (!large) return std::nullopt;
            table = *large;
        }
    }
    bool const is_whole = table.place <= table.end && table.size == table.end - table.place;
    return is_whole ? std::optional(table) : std::nullopt;
}

/// Takes what stands in the extra field for numbers of 64 bits; false if it is not there.
bool read_large_numbers(std::string_view extra, ZipRecord& record)
{
    auto const is_large = [](std::uint64_t number) { return number == elsewhere; };
    std::vector<std::uint64_t*> wanted;
    for (auto* number : {&record.unpacked_bytes, &record.packed_bytes, &record.place}) {
        if (is_large(*number)) wanted.push_back(number);
    }
    if (wanted.empty()) return true;
    while (extra.size() >= 4) {
        auto const size = number_in(extra, 2, 2);
        auto const field = extra.substr(4, size);
        if (number_in(extra, 0, 2) == 1) {
            if (field.size() < 8 * wanted.size()) return false;
            for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = number_in(field, 8 * i, 8);
            return true;
        }
        extra.remove_prefix(std::min<std::size_t>(extra.size(), 4 + size));
    }
    return false;
}

/// Reads the record at `at`, which becomes the place of the next.
std::optional<ZipRecord> next_record(ZipInput const& zip, Table const& table, std::uint64_t& at)
{
    auto const head = bytes_of(zip, at, record_size);
    if (head.size() < record_size || !head.starts_with("PK\1\2")) return std::nullopt;
    auto const name_size = number_in(head, 28, 2);
    auto const extra_size = number_in(head, 30, 2);
    auto const text = bytes_of(zip, at + record_size, name_size + extra_size);
    at += record_size + name_size + extra_size + number_in(head, 32, 2);
    if (at > table.end || number_in(head, 34, 2) != 0) return std::nullopt;
    ZipRecord record;
    record.name = text.substr(0, name_size);
    record.flags = static_cast<unsigned>(number_in(head, 8, 2));
    record.method = static_cast<unsigned>(number_in(head, 10, 2));
    record.checksum = static_cast<std::uint32_t>(number_in(head, 16, 4));
    record.packed_bytes = number_in(head, 20, 4);
    record.unpacked_bytes = number_in(head, 24, 4);
    record.place = number_in(head, 42, 4);
    if (!read_large_numbers(std::string_view(text).substr(name_size), record)) return std::nullopt;
    return record;
}

/// Whether what the entry's own header tells is what the table tells. `end` becomes where its bytes end.
bool is_as_told(ZipInput const& zip, ZipRecord const& record, std::uint64_t& end)
{
    auto const head = bytes_of(zip, record.place, header_size);
    if (head.size() < header_size || !head.starts_with("PK\3\4")) return false;
    auto const name_size = number_in(head, 26, 2);
    auto const flags = number_in(head, 6, 2);
    constexpr auto compared = is_encrypted | tells_lengths_later;
    if ((flags & compared) != (record.flags & compared) || number_in(head, 8, 2) != record.method) return false;
    if (bytes_of(zip, record.place + header_size, name_size) != record.name) return false;
    end = record.place + header_size + name_size + number_in(head, 28, 2) + record.packed_bytes;
    if ((flags & tells_lengths_later) != 0) return true;
    auto const is_same = [&](std::size_t at, std::uint64_t told) {
        auto const number = number_in(head, at, 4);
        return number == told || number == elsewhere;
    };
    return number_in(head, 14, 4) == record.checksum && is_same(18, record.packed_bytes) &&
           is_same(22, record.unpacked_bytes);
}

Result<void> check_entries(ZipInput const& zip, Table const& table, std::vector<ZipRecord> const& records)
{
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto const& record = records[i];
        std::uint64_t end = 0;
        bool const is_within = record.place < table.place && record.packed_bytes < table.place;
        if (!is_within || !is_as_told(zip, record, end))
            return wrong_entry(record.name, "is not what the table of contents tells of it: pack the zip again");
        auto const limit = i + 1 < records.size() ? records[i + 1].place : table.place;
        if (end > limit) return wrong_entry(record.name, "shares bytes with what follows it: pack the zip again");
    }
    return {};
}

} // namespace

Error no_zip()
{
    return {Errc::invalid_argument, "not a zip file, or not all of it: send it again as it was packed"};
}

Result<ZipContents> read_zip_contents(ZipInput const& zip, std::size_t max_entries)
{
    auto const end = find_end(zip);
    if (!end) return no_zip();
    auto const table = find_table(zip, *end);
    if (!table) return no_zip();
    if (table->entries == 0) return Error{Errc::invalid_argument, "the zip has no files: pack the files themselves"};
    ZipContents contents;
    contents.end_bytes = *end + end_size;
    for (auto at = table->place; at < table->end;) {
        auto record = next_record(zip, *table, at);
        if (!record) return no_zip();
        if (contents.records.size() == max_entries) {
            return wrong_entry(record->name,
                               "is one more than the " + std::to_string(max_entries) + " files that are accepted",
                               Errc::too_large);
        }
        contents.records.push_back(std::move(*record));
    }
    if (contents.records.size() != table->entries) return no_zip();
    std::ranges::sort(contents.records, {}, &ZipRecord::place);
    if (auto checked = check_entries(zip, *table, contents.records); !checked) return checked.error();
    return contents;
}

} // namespace learning_loop
