// dovetail/convert/pair.h: std::pair <-> tuple of two; shares everything with std::tuple.
#pragma once
#include <dovetail/convert/tuple.h>
