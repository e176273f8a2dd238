// Decodes the files that are the arguments. Prints a line for each, `WIDTHxHEIGHT ORIENTATION` of its header or what is
// wrong, and writes its upright pixels, rows of 8 bit BGR, into a file beside it that is called as it with `.bgr`
// added.
#include "learning_loop/base/files.h"
#include "learning_loop/infer/image_codec.h"

#include <fstream>
#include <iostream>

namespace ll = learning_loop;

namespace {

ll::Result<ll::ImageHeader> decode(std::string const& file)
{
    auto const bytes = ll::read_file(file, std::size_t{64} << 20);
    if (!bytes) return bytes.error();
    auto header = ll::read_image_header(*bytes);
    if (!header) return header;
    auto const pixels = ll::decode_image(*bytes);
    if (!pixels) return pixels.error();
    auto const row_bytes = static_cast<std::streamsize>(pixels->cols) * 3;
    std::ofstream out(file + ".bgr", std::ios::binary);
    for (int y = 0; y < pixels->rows; ++y) out.write(pixels->ptr<char>(y), row_bytes);
    return header;
}

} // namespace

int main(int argc, char** argv)
{
    for (int i = 1; i < argc; ++i) {
        auto const header = decode(argv[i]);
        if (header) std::cout << header->width_px << 'x' << header->height_px << ' ' << header->orientation << '\n';
        else std::cout << header.error().message << '\n';
    }
}
