#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace learning_loop::test {

/// The checksum of zips and PNGs.
inline std::uint32_t crc32_of(std::string_view bytes)
{
    std::uint32_t crc = 0xFFFFFFFF;
    for (char const c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

/// A stored file of a zip; what stands in its two headers can be made to lie.
struct RawZipEntry {
    std::string name;
    std::string bytes = "x";
    unsigned flags = 0;
    unsigned method = 0;
    unsigned system = 3; ///< That made it: 0 is DOS, 3 Unix.
    std::uint32_t mode = 0100644;
    std::string local_name = name;
    std::uint32_t checksum = crc32_of(bytes);
    std::uint64_t local_size = bytes.size();
    std::uint64_t table_size = bytes.size();
    std::string extra{};        ///< In the table of contents.
    std::int64_t place_of = -1; ///< Of another entry, whose place the table tells for this one.
};

/// A zip written byte by byte, with whatever rules are broken on purpose.
class RawZip {
public:
    RawZip& add(RawZipEntry entry)
    {
        entries_.push_back(std::move(entry));
        return *this;
    }

    std::string bytes() const
    {
        std::string zip = before;
        std::vector<std::uint64_t> places;
        for (auto const& entry : entries_) {
            places.push_back(zip.size());
            zip += "PK\3\4" + number(20, 2) + common(entry, entry.local_size) + number(entry.local_name.size(), 2) +
                   number(0, 2) + entry.local_name + entry.bytes;
        }
        std::string table;
        for (std::size_t i = 0; i < entries_.size(); ++i) {
            auto const& entry = entries_[i];
            auto const place = places[entry.place_of < 0 ? i : static_cast<std::size_t>(entry.place_of)];
            table += "PK\1\2" + number(20 + 256U * entry.system, 2) + number(20, 2) + common(entry, entry.table_size) +
                     number(entry.name.size(), 2) + number(entry.extra.size(), 2) + number(0, 2) + number(0, 2) +
                     number(0, 2) + number(std::uint64_t{entry.mode} << 16U, 4) + number(place, 4) + entry.name +
                     entry.extra;
        }
        auto const count = entries_.size() + more_entries;
        auto const end = "PK\5\6" + number(0, 4) + number(count, 2) + number(count, 2) + number(table.size(), 4) +
                         number(zip.size() + table_moved_by, 4) + number(comment.size(), 2) + comment;
        return zip + table + before_end + end;
    }

    static std::string number(std::uint64_t value, int bytes)
    {
        std::string text;
        for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
        return text;
    }

    std::string comment;
    std::string before;             ///< The first entry.
    std::string before_end;         ///< Between the table of contents and the record at the end.
    std::uint64_t more_entries = 0; ///< Than there are.
    std::uint64_t table_moved_by = 0;

private:
    static std::string common(RawZipEntry const& entry, std::uint64_t size)
    {
        return number(entry.flags, 2) + number(entry.method, 2) + number(0, 4) + number(entry.checksum, 4) +
               number(size, 4) + number(size, 4);
    }

    std::vector<RawZipEntry> entries_;
};

/// A zip of these files, each stored.
inline std::string raw_zip(std::vector<std::pair<std::string, std::string>> const& files, std::string comment = {})
{
    RawZip zip;
    zip.comment = std::move(comment);
    for (auto const& [name, bytes] : files) zip.add({name, bytes});
    return zip.bytes();
}

} // namespace learning_loop::test
