#include "learning_loop/detector/sent_notes.h"

#include <gtest/gtest.h>

namespace learning_loop {
namespace {

using Tags = std::vector<std::string>;

template <class T>
Result<T> read(std::string_view text)
{
    T into;
    auto const done = http::TextForm<T>::read(text, into);
    if (!done) return done.error();
    return into;
}

TEST(SentNotes, have_tags_between_commas_without_blanks_and_empty_ones)
{
    EXPECT_EQ(read<TagList>("front, rear ,,  ,left")->tags, (Tags{"front", "rear", "left"}));
    EXPECT_EQ(read<TagList>("")->tags, Tags());
    EXPECT_EQ(read<TagList>("two words")->tags, Tags{"two words"});
}

TEST(SentNotes, keep_a_camera_of_1000_bytes_whole_and_refuse_a_longer_one)
{
    auto const longest = std::string(1000, 'c');
    EXPECT_EQ(read<CameraId>(longest)->text, longest);
    EXPECT_EQ(read<CameraId>(longest + "c").error().message,
              "is longer than 1000 bytes: give each camera a shorter name");
}

TEST(SentNotes, keep_a_date_as_it_was_written)
{
    EXPECT_EQ(read<Timestamp>("2024-01-31 12:00:00.123456789")->text, "2024-01-31 12:00:00.123456789");
    EXPECT_FALSE(read<Timestamp>("yesterday"));
}

SentNotes all_notes()
{
    SentNotes notes;
    notes.camera_id = CameraId{"front"};
    notes.tags.tags = {"a", "b"};
    notes.source = "robot";
    notes.creation_date = Timestamp{"2024-01-31"};
    notes.upload_priority = true;
    notes.autoupload = Autoupload::all;
    return notes;
}

TEST(SentNotes, become_the_notes_of_an_image)
{
    auto const notes = image_notes_of(all_notes());
    EXPECT_EQ(notes.camera, "front");
    EXPECT_EQ(notes.tags, (Tags{"a", "b"}));
    EXPECT_EQ(notes.source, "robot");
    EXPECT_EQ(notes.created, "2024-01-31");
    EXPECT_TRUE(notes.priority);
    EXPECT_EQ(notes.autoupload, Autoupload::all);
}

TEST(SentNotes, that_say_nothing_leave_all_to_the_filter)
{
    auto const notes = image_notes_of({});
    EXPECT_EQ(notes.camera, "");
    EXPECT_EQ(notes.tags, Tags());
    EXPECT_EQ(notes.source, std::nullopt);
    EXPECT_EQ(notes.created, std::nullopt);
    EXPECT_FALSE(notes.priority);
    EXPECT_EQ(notes.autoupload, Autoupload::filtered);
}

TEST(SentNotes, become_the_metadata_of_an_upload)
{
    auto const metadata = metadata_of(all_notes());
    EXPECT_EQ(metadata.tags, (Tags{"a", "b"}));
    EXPECT_EQ(metadata.source, "robot");
    EXPECT_EQ(metadata.created, "2024-01-31");
}

} // namespace
} // namespace learning_loop
