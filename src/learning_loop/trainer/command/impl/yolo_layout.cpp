#include "learning_loop/base/text.h"
#include "learning_loop/trainer/command/impl/growing_file.h"
#include "learning_loop/trainer/command/impl/layout_source.h"

#include <fmt/format.h>

#include <array>

namespace learning_loop {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 3> sets{"train", "val", "test"};

/// In double quotes, with what YAML may not hold as it is, and all beyond ASCII, escaped.
std::string yaml_text(std::string_view utf8)
{
    std::string text = "\"";
    for (std::size_t i = 0; i < utf8.size();) {
        auto const byte = static_cast<unsigned char>(utf8[i]);
        std::size_t const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4; // JSON's texts are UTF-8
        std::uint32_t code = length == 1 ? byte : byte & (0xffu >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k)
            code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3f);
        if (byte == '"' || byte == '\\') text += '\\';
        if (length == 1 && byte >= 0x20 && byte != 0x7f) text += utf8[i];
        else text += fmt::format("\\U{:08X}", code);
        i += length;
    }
    return text + '"';
}

Result<void> write_whole(fs::path const& path, std::string_view text)
{
    auto file = GrowingFile::create(path);
    if (!file) return file.error();
    if (auto const written = file->append(text); !written) return written;
    return file->finish();
}

std::string data_yaml(LayoutSource const& source)
{
    auto text = "path: " + yaml_text(fs::absolute(source.target).string()) + "\n";
    for (auto const set : sets) text += fmt::format("{}: images/{}\n", set, set);
    auto const& categories = source.classes.categories();
    text += fmt::format("nc: {}\nnames:\n", categories.size());
    for (std::size_t i = 0; i < categories.size(); ++i)
        text += fmt::format("  {}: {}\n", i, yaml_text(categories[i].name));
    return text;
}

std::string label_lines(LayoutSource const& source, TrainingImage const& image)
{
    std::string lines;
    for (auto const& box : source.classes.boxes_of(image)) {
        double const width = image.width;
        double const height = image.height;
        lines += fmt::format("{} {:.6f} {:.6f} {:.6f} {:.6f}\n", box.class_index, (box.x1 + box.x2) / 2 / width,
                             (box.y1 + box.y2) / 2 / height, (box.x2 - box.x1) / width, (box.y2 - box.y1) / height);
    }
    return lines;
}

} // namespace

Result<void> write_yolo_layout(LayoutSource const& source)
{
    for (auto const set : sets) {
        fs::create_directories(source.folder / "images" / set);
        fs::create_directories(source.folder / "labels" / set);
    }
    auto const written = for_each_in_set(source, [&](TrainingImage const& image, std::string_view set) -> Result<void> {
        auto const linked = link_picture(source, image, source.folder / "images" / set);
        if (!linked) return linked.error();
        return write_whole(source.folder / "labels" / set / (image.id + ".txt"), label_lines(source, image));
    });
    if (!written) return written;
    return write_whole(source.folder / "data.yaml", data_yaml(source));
}

} // namespace learning_loop
