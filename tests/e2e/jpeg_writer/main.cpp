// Writes JPEGs of kinds that Pillow does not write. Each line of its input is one: the file to write, the file with the
// pixels as they are, width, height, channels (gray; red, green and blue; inks), the file's colours (gray, rgb, ycc,
// cmyk or ycck), its sampling in x and in y, quality, blocks between restart markers, 1 for a
// progressive one.
#include "learning_loop/base/files.h"
#include "support/jpeg_of.h"

#include <opencv2/imgproc.hpp>

#include <fstream>
#include <iostream>
#include <map>

namespace ll = learning_loop;

namespace {

std::map<std::string, J_COLOR_SPACE> const colours = {
    {"gray", JCS_GRAYSCALE}, {"rgb", JCS_RGB}, {"ycc", JCS_YCbCr}, {"cmyk", JCS_CMYK}, {"ycck", JCS_YCCK}};

struct Line {
    std::string to, from, colours;
    int width_px, height_px, channels;
    ll::JpegKind kind;
};

std::istream& operator>>(std::istream& in, Line& line)
{
    return in >> line.to >> line.from >> line.width_px >> line.height_px >> line.channels >> line.colours >>
           line.kind.sampling_x >> line.kind.sampling_y >> line.kind.quality >> line.kind.restart_interval >>
           line.kind.progressive;
}

} // namespace

int main()
{
    for (Line line; std::cin >> line;) {
        auto bytes = ll::read_file(line.from, std::size_t{1} << 30).value();
        cv::Mat const read(line.height_px, line.width_px, CV_8UC(line.channels), bytes.data());
        cv::Mat pixels = read;
        if (line.channels == 3) cv::cvtColor(read, pixels, cv::COLOR_RGB2BGR);
        line.kind.colours = colours.at(line.colours);
        std::ofstream(line.to, std::ios::binary) << ll::jpeg_of(pixels, line.kind);
    }
}
