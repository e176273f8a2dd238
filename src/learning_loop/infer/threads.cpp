#include "learning_loop/infer/threads.h"

#include <opencv2/core/utility.hpp>

namespace learning_loop {

void keep_each_image_on_one_thread()
{
    cv::setNumThreads(1);
}

} // namespace learning_loop
