#pragma once

/// One more. Defined in a source of its own, so that no compiler can inline it away.
int increment(int) noexcept;
