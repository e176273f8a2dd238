# Everything comes from the distribution's packages (tools/setup names them) but ONNX Runtime (tools/fetch_onnxruntime).
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(spdlog REQUIRED)
find_package(LibArchive REQUIRED)
find_package(PNG REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_library(LL_TURBOJPEG turbojpeg REQUIRED)

add_library(turbojpeg INTERFACE)
target_link_libraries(turbojpeg INTERFACE ${LL_TURBOJPEG})

# OpenCV's CMake files are in libopencv-dev, which brings GDAL, VTK and hundreds of packages that nobody here uses.
find_path(LL_OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgproc)
    find_library(LL_OPENCV_${part} opencv_${part} REQUIRED)
    add_library(opencv_${part} INTERFACE IMPORTED)
    target_include_directories(opencv_${part} INTERFACE ${LL_OPENCV_INCLUDE})
    target_link_libraries(opencv_${part} INTERFACE ${LL_OPENCV_${part}})
endforeach()
target_link_libraries(opencv_imgproc INTERFACE opencv_core)

# Only headers are compiled in; the library is loaded at run time, so any 1.x from 1.21 on will do.
set(LL_ONNXRUNTIME_ROOT "$ENV{ONNXRUNTIME_ROOT}" CACHE PATH "ONNX Runtime to use; empty: the fetched one")
set(ll_onnxruntime_root "${LL_ONNXRUNTIME_ROOT}")
if(NOT ll_onnxruntime_root)
    set(ll_onnxruntime_root ${PROJECT_SOURCE_DIR}/build/third_party/onnxruntime)
endif()
find_path(LL_ONNXRUNTIME_INCLUDE onnxruntime_cxx_api.h
    PATHS ${ll_onnxruntime_root}/include PATH_SUFFIXES . onnxruntime onnxruntime/core/session NO_DEFAULT_PATH NO_CACHE)
find_library(LL_ONNXRUNTIME_LIBRARY onnxruntime
    PATHS ${ll_onnxruntime_root}/lib ${ll_onnxruntime_root} PATH_SUFFIXES . ${CMAKE_LIBRARY_ARCHITECTURE}
    NO_DEFAULT_PATH NO_CACHE)
if(LL_ONNXRUNTIME_INCLUDE AND LL_ONNXRUNTIME_LIBRARY)
    add_library(ll_onnxruntime INTERFACE)
    target_include_directories(ll_onnxruntime SYSTEM INTERFACE ${LL_ONNXRUNTIME_INCLUDE})
    target_compile_definitions(ll_onnxruntime INTERFACE LL_ONNXRUNTIME_LIBRARY="${LL_ONNXRUNTIME_LIBRARY}")
    set(LL_WITH_ONNX ON)
    set(LL_ONNXRUNTIME_HEADERS ll_onnxruntime)
else()
    set(LL_WITH_ONNX OFF)
    message(STATUS "ONNX Runtime is not here: `learning-loop detector` will not be built "
        "(tools/fetch_onnxruntime brings it)")
endif()
