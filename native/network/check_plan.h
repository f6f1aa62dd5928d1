#pragma once
#include <stdexcept>
#include <string>
#include "plan.h"

namespace fair {

inline void want(bool holds, const std::string& what) {
  if (!holds) throw std::invalid_argument("plan: " + what);
}

/**
 * Beyond this nothing looks whether an index is in range. Returns how many floats each parameter must have, 0 where none is used.
 * Throws std::invalid_argument.
 */
std::vector<size_t> checkPlan(const Plan& plan);

}  // namespace fair
