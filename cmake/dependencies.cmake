# Everything comes from the distribution's packages (tools/setup names them) but ONNX Runtime (tools/fetch_onnxruntime).
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS json url)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(LibArchive REQUIRED)
find_package(JPEG REQUIRED) # libjpeg-turbo; infer/impl/jpeg_errors.h sees to it
find_package(PNG REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(prometheus-cpp REQUIRED)
include(plain_libraries)

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
    target_compile_definitions(ll_onnxruntime INTERFACE
        ORT_API_MANUAL_INIT
        LL_ONNXRUNTIME_LIBRARY="${LL_ONNXRUNTIME_LIBRARY}"
        LL_ONNXRUNTIME_INSTALLED="${CMAKE_INSTALL_LIBDIR}/learning_loop/libonnxruntime.so")
    set(LL_WITH_ONNX ON)
else()
    set(LL_WITH_ONNX OFF)
    message(STATUS "ONNX Runtime is not here: `learning-loop detector` will not be built "
        "(tools/fetch_onnxruntime brings it)")
endif()
