// dovetail/convert/array.h: std::array is a sequence of fixed size; fields that are C arrays are seen as one.
#pragma once
#include <dovetail/convert/sequence.h>
