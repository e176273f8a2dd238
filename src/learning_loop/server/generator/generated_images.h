#pragma once

#include "learning_loop/server/generator/generator_request.h"
#include "learning_loop/store/new_image.h"

#include <string>
#include <string_view>
#include <vector>

namespace learning_loop {

struct FieldScene;
struct FieldStyle;

struct GeneratedImage {
    std::string jpeg;
    store::NewImage image; ///< Without its bytes: callers must set them, to a JPEG that stays in its place.
};

/// The images of a generated project. The same request gives the same ids, bytes and marks, whatever was rendered
/// before.
class GeneratedImages {
public:
    explicit GeneratedImages(GeneratorRequest request);

    std::size_t count() const { return states_.size(); }
    std::string id_of(std::size_t index) const;

    /// Takes some 20 ms. Any number of threads may render.
    GeneratedImage render(std::size_t index) const;

private:
    /// What ids and seeds follow from.
    std::string text_of(std::string_view what, std::size_t index) const;
    FieldStyle field_style() const;
    Annotations annotations_of(FieldScene const& scene, std::size_t index) const;
    void describe(store::NewImage& image, FieldScene const& scene, std::size_t index, std::uint64_t seed) const;
    std::optional<ImageSet> set_of(std::size_t index) const;

    GeneratorRequest request_;
    std::vector<ImageState> states_;
};

} // namespace learning_loop
