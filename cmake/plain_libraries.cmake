# Libraries without CMake files of their own, or without ones we would want: OpenCV's are in libopencv-dev, which brings
# GDAL, VTK and hundreds of packages that nobody here uses. Also included by the installed package.
find_library(LL_SODIUM sodium REQUIRED)
find_library(LL_UTF8PROC utf8proc REQUIRED)
find_path(LL_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
find_library(LL_OPENCV_CORE opencv_core REQUIRED)
find_library(LL_OPENCV_IMGPROC opencv_imgproc REQUIRED)

# Names of ours, so that a program may use OpenCV's own CMake files beside them.
if(NOT TARGET ll_opencv_core)
    add_library(ll_sodium INTERFACE IMPORTED)
    target_link_libraries(ll_sodium INTERFACE ${LL_SODIUM})
    add_library(ll_utf8proc INTERFACE IMPORTED)
    target_link_libraries(ll_utf8proc INTERFACE ${LL_UTF8PROC})
    foreach(part core imgproc)
        string(TOUPPER ${part} PART)
        add_library(ll_opencv_${part} INTERFACE IMPORTED)
        target_include_directories(ll_opencv_${part} INTERFACE ${LL_OPENCV_INCLUDE})
        target_link_libraries(ll_opencv_${part} INTERFACE ${LL_OPENCV_${PART}})
    endforeach()
    target_link_libraries(ll_opencv_imgproc INTERFACE ll_opencv_core)
endif()
