#include "embedding_mse.h"
#include <algorithm>
#include <cmath>
#include <vector>
#include "../runtime.h"

namespace fair {
namespace {

/** As in src/learning/losses/unit.ts. */
const double SHORTEST = 1e-12;

double inverseLength(const float* x, int64_t count) {
  double sum = 0.;
#pragma omp simd reduction(+ : sum)
  for (int64_t k = 0; k < count; k++) sum += double(x[k]) * x[k];
  return 1. / std::max(std::sqrt(sum), SHORTEST);
}

}  // namespace

float embeddingMse(int64_t rows, int64_t dimensions, const float* student, const float* teacher, double terms,
                   float* gradient) {
  std::vector<double> squares(rows);
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(rows * dimensions))
  for (int64_t i = 0; i < rows; i++) {
    const float *s = student + i * dimensions, *t = teacher + i * dimensions;
    const double ofStudent = inverseLength(s, dimensions), ofTeacher = inverseLength(t, dimensions);
    double sum = 0., along = 0.;
#pragma omp simd reduction(+ : sum, along)
    for (int64_t k = 0; k < dimensions; k++) {
      const double unit = s[k] * ofStudent, difference = unit - t[k] * ofTeacher;
      sum += difference * difference;
      along += difference * unit;
    }
    squares[i] = sum;
    // d of s / |s|: what points along s changes nothing.
    const double factor = 2. / terms * ofStudent;
#pragma omp simd
    for (int64_t k = 0; k < dimensions; k++) {
      const double unit = s[k] * ofStudent;
      gradient[i * dimensions + k] = float(factor * (unit - t[k] * ofTeacher - unit * along));
    }
  }
  double total = 0.;
  for (int64_t i = 0; i < rows; i++) total += squares[i];
  return float(total / terms);
}

}  // namespace fair
