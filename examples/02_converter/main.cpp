// A converter node: what is text in a model of `format_a` stands in capitals in `format_b`.
#include "learning_loop/converter/run_converter_node.h"

#include <cctype>
#include <fstream>

namespace ll = learning_loop;
namespace fs = std::filesystem;

class UpperCase final : public ll::Converter {
public:
    std::string source_format() const override { return "format_a"; }
    std::string target_format() const override { return "format_b"; }

    ll::Result<std::vector<fs::path>> convert(ll::Conversion& conversion) override
    {
        std::vector<fs::path> files;
        for (auto const& file : fs::directory_iterator(conversion.source)) {
            if (file.path().extension() != ".txt") continue;
            std::ifstream in(file.path());
            std::ofstream out(conversion.target / file.path().filename());
            for (char c; in.get(c);) out.put(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
            if (!out.flush()) return ll::Error(ll::Errc::unavailable, "cannot write " + file.path().string());
            files.push_back(conversion.target / file.path().filename());
        }
        if (files.empty()) return ll::Error(ll::Errc::invalid_argument, "the model has no text files (.txt)");
        return files;
    }
};

int main(int argc, char** argv)
{
    return ll::run_converter_node<UpperCase>("upper_case", argc, argv);
}
