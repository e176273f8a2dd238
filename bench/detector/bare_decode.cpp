// What decoding a JPEG costs by itself: libjpeg-turbo, one thread, into the same memory each time. Told the file and
// the seconds, it prints the decodes per second and the milliseconds of CPU that each took.
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <jpeglib.h>

namespace {

void decode(std::string const& file, std::vector<unsigned char>& bgr)
{
    jpeg_decompress_struct jpeg{};
    jpeg_error_mgr errors{};
    jpeg.err = jpeg_std_error(&errors); // which ends the program if the file is none
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, reinterpret_cast<unsigned char const*>(file.data()), file.size());
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_EXT_BGR;
    jpeg_start_decompress(&jpeg);
    std::size_t const row_bytes = jpeg.output_width * std::size_t{3};
    bgr.resize(row_bytes * jpeg.output_height);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = bgr.data() + row_bytes * jpeg.output_scanline;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
}

double seconds_of(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) return 2;
    std::ifstream input(argv[1], std::ios::binary);
    std::string const file(std::istreambuf_iterator<char>(input), {});
    std::vector<unsigned char> bgr;
    decode(file, bgr); // warm
    auto const begin = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    auto const until = begin + std::stod(argv[2]);
    int count = 0;
    for (; seconds_of(CLOCK_MONOTONIC) < until; ++count) decode(file, bgr);
    std::printf("%.2f %.4f\n", count / (seconds_of(CLOCK_MONOTONIC) - begin),
                1000 * (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu) / count);
    return 0;
}
