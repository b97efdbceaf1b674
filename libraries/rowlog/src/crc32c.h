// CRC-32C (Castagnoli), as iSCSI and ext4 use it: by the instruction of SSE 4.2 where the machine has it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rowlog::detail {

// `crc` is what the bytes before gave; 0 for the first ones.
std::uint32_t crc32c(const void* data, std::size_t size, std::uint32_t crc = 0);

// The same without the instruction; for machines that lack it, and for tests.
std::uint32_t crc32cPortable(const void* data, std::size_t size, std::uint32_t crc = 0);

}  // namespace rowlog::detail
