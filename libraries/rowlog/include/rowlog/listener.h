/// For those who want every record as it comes, instead of rows or columns.
#pragma once

#include <rowlog/types.h>

namespace rowlog {

/// Is told about every record of a log, in order. `Reader::readAll` calls it.
class BinaryListener {
 public:
  virtual ~BinaryListener() = default;

  /// One record; those of the id named "timestamp" start rows. An exception ends the reading.
  virtual void onData(int id, BData value, const IdMetadata& metadata) = 0;
};

}  // namespace rowlog
