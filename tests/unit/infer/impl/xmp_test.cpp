#include "learning_loop/infer/impl/xmp.h"

#include <gtest/gtest.h>

#include <string>

namespace learning_loop {
namespace {

TEST(Xmp, reads_the_orientation_from_an_attribute_and_from_an_element)
{
    for (char orientation = '1'; orientation <= '8'; ++orientation) {
        auto const n = std::string(1, orientation);
        EXPECT_EQ(xmp_orientation("<rdf:Description tiff:Make=\"x\" tiff:Orientation=\"" + n + "\"/>"),
                  orientation - '0');
        EXPECT_EQ(xmp_orientation("<tiff:Orientation>" + n + "</tiff:Orientation>"), orientation - '0');
    }
}

TEST(Xmp, takes_the_first_that_has_a_number)
{
    EXPECT_EQ(xmp_orientation("tiff:Orientation tiff:Orientation=\"x\" tiff:Orientation>3 tiff:Orientation>6"), 3);
}

TEST(Xmp, takes_a_number_beyond_1_to_8_as_upright)
{
    EXPECT_EQ(xmp_orientation("tiff:Orientation=\"9\" tiff:Orientation=\"6\""), 1);
    EXPECT_EQ(xmp_orientation("tiff:Orientation>0"), 1);
}

TEST(Xmp, finds_nothing_elsewhere)
{
    for (auto const* text : {"", "<x:xmpmeta/>", "tiff:Orientation", "tiff:Orientation=\"", "tiff:Orientation='6'",
                             "exif:Orientation=\"6\"", "tiff:Orientation>"}) {
        EXPECT_EQ(xmp_orientation(text), std::nullopt) << text;
    }
}

} // namespace
} // namespace learning_loop
