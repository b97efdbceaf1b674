# dovetail for CMake 3.20 and newer:
#
#   find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
#   find_package(dovetail REQUIRED)              # dovetail_DIR: `python -m dovetail cmake-dir`
#   dovetail_add_module(shapes HEADERS include/shapes.h LINK shapes_core)
#
# dovetail_add_module(NAME
#   HEADERS   header…      headers to bind, relative to this folder or as #include finds them
#   CONFIG    path         instead of HEADERS: a pyproject.toml or dovetail.toml (or its folder) with the module NAME
#   SOURCES   file…        sources compiled into the module: C++, C, Cython (.pyx, .py), Rust (.rs; RUSTC, or rustc on the path)
#   LINK      library…     targets of this project, imported targets, or names; headers are read as their users would
#   INCLUDE   folder…      further include folders
#   DEFINE    NAME[=V]…    macros
#   NAMESPACE name         the C++ namespace that becomes the module
#   STD       c++20        the C++ standard
# )
#
# The emitted C++ is compiled by this project's compiler with its flags; the stubs lie beside the module. Functions that
# no library after LINK defines are left out, unless there are SOURCES: these may define anything.

cmake_minimum_required(VERSION 3.20)

if(NOT TARGET Python::Module)
  find_package(Python REQUIRED COMPONENTS Interpreter Development.Module)
endif()

# The archive of a Rust source; its path goes to the variable `result`.
function(_dovetail_compile_crate source folder result)
  if(NOT DEFINED CACHE{dovetail_RUSTC})
    if(NOT "$ENV{RUSTC}" STREQUAL "")
      set(dovetail_RUSTC "$ENV{RUSTC}" CACHE FILEPATH "the compiler of Rust sources")
    endif()
    find_program(dovetail_RUSTC rustc)
  endif()
  if(NOT dovetail_RUSTC)
    message(FATAL_ERROR "dovetail_add_module: rustc was not found, which ${source} needs: install Rust, or name it in RUSTC")
  endif()
  get_filename_component(stem "${source}" NAME_WE)
  string(MAKE_C_IDENTIFIER "${stem}" crate)
  set(archive "${folder}/lib${crate}.a")
  # rustc's own rule speaks of several targets, which not every build tool takes; modules of a crate lie beside it.
  get_filename_component(around "${source}" DIRECTORY)
  file(GLOB beside CONFIGURE_DEPENDS "${around}/*.rs" "${around}/*/*.rs")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(
    OUTPUT "${archive}"
    COMMAND "${dovetail_RUSTC}" --edition=2021 --crate-type=staticlib --crate-name=${crate} -Copt-level=3
      -Ccodegen-units=1 -Crelocation-model=pic -o "${archive}" "${source}"
    DEPENDS "${source}" ${beside}
    COMMENT "dovetail: compiling ${stem}.rs"
    VERBATIM)
  set(${result} "${archive}" PARENT_SCOPE)
endfunction()

function(dovetail_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "NAMESPACE;STD;CONFIG" "HEADERS;SOURCES;LINK;INCLUDE;DEFINE")
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "dovetail_add_module(${name}): unknown arguments: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(ARG_HEADERS AND ARG_CONFIG)
    message(FATAL_ERROR "dovetail_add_module(${name}): either HEADERS or CONFIG, not both")
  elseif(ARG_HEADERS)
    set(options ${ARG_HEADERS} --name ${name})
  elseif(ARG_CONFIG)
    set(options ${ARG_CONFIG} --module ${name})
  else()
    message(FATAL_ERROR "dovetail_add_module(${name}): name at least one header after HEADERS, or a project after CONFIG")
  endif()
  if(NOT ARG_STD)
    set(ARG_STD c++20)
  endif()
  list(APPEND options --std ${ARG_STD})
  if(ARG_NAMESPACE)
    list(APPEND options --namespace ${ARG_NAMESPACE})
  endif()
  foreach(macro IN LISTS ARG_DEFINE)
    list(APPEND options --define=${macro})
  endforeach()
  foreach(include IN LISTS ARG_INCLUDE)
    get_filename_component(include "${include}" ABSOLUTE)
    list(APPEND options --include=${include})
  endforeach()

  set(libraries)
  foreach(library IN LISTS ARG_LINK)
    if(NOT TARGET ${library})
      list(APPEND options --libs=${library})
      continue()
    endif()
    foreach(pair IN ITEMS include:INCLUDE_DIRECTORIES define:COMPILE_DEFINITIONS)
      string(REPLACE ":" ";" pair ${pair})
      list(GET pair 0 option)
      list(GET pair 1 property)
      set(values "$<TARGET_PROPERTY:${library},INTERFACE_${property}>")
      list(APPEND options "$<$<BOOL:${values}>:--${option}=$<JOIN:${values},$<SEMICOLON>--${option}=>>")
    endforeach()
    get_target_property(type ${library} TYPE)
    if(type MATCHES "^(STATIC|SHARED|UNKNOWN)_LIBRARY$")
      list(APPEND options "--libs=$<TARGET_LINKER_FILE:${library}>")
      list(APPEND libraries ${library})
    endif()
  endforeach()
  if(NOT ARG_SOURCES)
    list(APPEND options --check-symbols)
  endif()

  string(REGEX REPLACE "^.*\\." "" last "${name}")
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.dovetail")
  set(emitted "${folder}/${last}.cpp")
  set(translated)
  set(others)
  foreach(source IN LISTS ARG_SOURCES)
    get_filename_component(path "${source}" ABSOLUTE)
    get_filename_component(stem "${source}" NAME_WE)
    if(source MATCHES "\\.(pyx|py)$")
      list(APPEND options "--sources=${path}")
      list(APPEND translated "${folder}/cython/${stem}.cpp")
      list(APPEND others "${path}")
    elseif(source MATCHES "\\.rs$")
      list(APPEND options "--sources=${path}")
      _dovetail_compile_crate("${path}" "${folder}" archive)
      list(APPEND ARG_LINK "${archive}" ${CMAKE_DL_LIBS})
      list(APPEND others "${path}" "${archive}")
      list(REMOVE_ITEM ARG_SOURCES "${source}")
    endif()
  endforeach()
  list(FILTER ARG_SOURCES EXCLUDE REGEX "\\.(pyx|py)$")
  add_custom_command(
    OUTPUT "${emitted}" ${translated}
    COMMAND "${CMAKE_COMMAND}" -E env "CXX=${CMAKE_CXX_COMPILER}"
      "${Python_EXECUTABLE}" -m dovetail emit ${options}
      --output "${folder}" --stubs "${CMAKE_CURRENT_BINARY_DIR}" --one-file --depfile "${folder}/${last}.d"
    DEPENDS ${libraries} ${others}
    DEPFILE "${folder}/${last}.d"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}"
    COMMENT "dovetail: binding ${name}"
    COMMAND_EXPAND_LISTS VERBATIM)

  set_source_files_properties(${translated} PROPERTIES COMPILE_OPTIONS -w)
  Python_add_library(${name} MODULE WITH_SOABI "${emitted}" ${translated} ${ARG_SOURCES})
  string(REGEX MATCH "[0-9][0-9a-z]$" standard "${ARG_STD}")
  set(extensions OFF)
  if(ARG_STD MATCHES "^gnu")
    set(extensions ON)
  endif()
  set_target_properties(${name} PROPERTIES
    OUTPUT_NAME ${last}
    CXX_STANDARD ${standard} CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS ${extensions}
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    # Instantiations of the standard library are visible whatever the presets say: two modules must not share them.
    file(CONFIGURE OUTPUT "${folder}/exports.map" CONTENT "{ global: PyInit_*; local: *; };\n")
    target_link_options(${name} PRIVATE "LINKER:--version-script=${folder}/exports.map")
  endif()
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}" "${folder}" ${ARG_INCLUDE})
  target_include_directories(${name} SYSTEM PRIVATE "${dovetail_DIR}/../include")
  target_compile_definitions(${name} PRIVATE ${ARG_DEFINE})
  target_link_libraries(${name} PRIVATE ${ARG_LINK})
endfunction()
