#include "learning_loop/annotator/annotator_settings.h"

#include "support/node_settings_rows.h"

namespace learning_loop {
namespace {

struct AnnotatorSettingsTest : test::SettingsTest<AnnotatorSettings> {
    Result<std::optional<AnnotatorSettings>> read_settings_of(Invocation const& invocation) const override
    {
        return read_annotator_settings("weeder", invocation);
    }
};

TEST_F(AnnotatorSettingsTest, are_read_from_each_source)
{
    using T = AnnotatorSettings;
    using test::settings_row;
    auto const a_file = file("{}") + ".pem";
    test::put(a_file, "");
    auto rows = test::rows_of_every_node<T>("8003", a_file);
    rows.push_back(settings_row<T>("THREADS", "", "threads", "0", "3", &T::threads));
    rows.push_back(settings_row<T>("MAX_WINDOWS", "", "max_windows", "200", "5", &T::max_windows));
    rows.push_back(
        settings_row<T>("IMAGE_DISK_BYTES", "", "image_disk_bytes", "2147483648", "1000", &T::image_disk_bytes));
    rows.push_back(
        settings_row<T>("IMAGE_MEMORY_BYTES", "", "image_memory_bytes", "536870912", "1000", &T::image_memory_bytes));
    rows.push_back(
        settings_row<T>("MAX_IMAGE_PIXELS", "", "max_image_pixels", "50000000", "2000000", &T::max_image_pixels));
    for (auto const& row : rows) check(row);
}

TEST_F(AnnotatorSettingsTest, refuse_what_makes_no_sense_and_name_it)
{
    expect_refused({"--max-windows", "0"}, {}, "--max-windows (MAX_WINDOWS): '0' is wrong");
    expect_refused({"--image-disk-bytes", "lots"}, {}, "--image-disk-bytes (IMAGE_DISK_BYTES): 'lots' is wrong");
}

} // namespace
} // namespace learning_loop
