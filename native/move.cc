/* Copies in another order: slices, concatenation, padding, transposition. */

#include <algorithm>
#include <cstring>

#include "napi.h"
#include "runtime.h"

namespace {

constexpr int kMostDims = 8;

/** Sizes from outer to inner with where an element lies on either side; the innermost steps by 1 on both. */
struct Loop {
  int rank;
  int64_t sizes[kMostDims], stepsX[kMostDims], stepsY[kMostDims];
  int64_t rows = 1;

  explicit Loop(const napi::Ints& ints) : rank(static_cast<int>(ints.size / 3)) {
    if (ints.size % 3 != 0 || rank < 1 || rank > kMostDims) throw std::invalid_argument("wanted 1 to 8 triples of sizes");
    for (int i = 0; i < rank; i++) {
      sizes[i] = ints[3 * i];
      stepsX[i] = ints[3 * i + 1];
      stepsY[i] = ints[3 * i + 2];
      if (i < rank - 1) rows *= sizes[i];
    }
  }
  int64_t inner() const { return sizes[rank - 1]; }
  void place(int64_t row, int64_t* x, int64_t* y) const {
    for (int i = rank - 2; i >= 0; i--) {
      const int64_t index = row % sizes[i];
      row /= sizes[i];
      *x += index * stepsX[i];
      *y += index * stepsY[i];
    }
  }
  int64_t last(const int64_t* steps) const {
    int64_t at = 0;
    for (int i = 0; i < rank; i++) at += (sizes[i] - 1) * steps[i];
    return at;
  }
};

void copyRows(const Loop& loop, const float* x, float* y) {
  const int64_t count = loop.inner(), stepX = loop.stepsX[loop.rank - 1], stepY = loop.stepsY[loop.rank - 1];
#pragma omp parallel for num_threads(runtime::threadsFor(loop.rows * count)) schedule(static)
  for (int64_t row = 0; row < loop.rows; row++) {
    int64_t atX = 0, atY = 0;
    loop.place(row, &atX, &atY);
    if (stepX == 1 && stepY == 1) {
      std::memcpy(y + atY, x + atX, count * sizeof(float));
    } else {
      for (int64_t i = 0; i < count; i++) y[atY + i * stepY] = x[atX + i * stepX];
    }
  }
}

/** The two innermost dimensions change places, in tiles that fit the nearest cache on both sides. */
void transposeTiles(const Loop& loop, const float* x, float* y) {
  constexpr int64_t kTile = 32;
  const int outer = loop.rank - 2;
  const int64_t m = loop.sizes[outer], n = loop.sizes[outer + 1];
  const int64_t xm = loop.stepsX[outer], xn = loop.stepsX[outer + 1], ym = loop.stepsY[outer], yn = loop.stepsY[outer + 1];
  const int64_t tilesM = (m + kTile - 1) / kTile, stacks = m == 0 ? 0 : loop.rows / m;
#pragma omp parallel for num_threads(runtime::threadsFor(loop.rows * n)) schedule(static)
  for (int64_t job = 0; job < stacks * tilesM; job++) {
    int64_t atX = 0, atY = 0;
    loop.place(job / tilesM * m, &atX, &atY);
    const int64_t fromM = job % tilesM * kTile, toM = std::min(m, fromM + kTile);
    for (int64_t fromN = 0; fromN < n; fromN += kTile) {
      const int64_t toN = std::min(n, fromN + kTile);
      for (int64_t i = fromM; i < toM; i++) {
        for (int64_t j = fromN; j < toN; j++) y[atY + i * ym + j * yn] = x[atX + i * xm + j * xn];
      }
    }
  }
}

}  // namespace

/** copy(x, startX, y, startY, loop): loop holds a size, a step in x and a step in y for each dimension, outer first */
EXPORT(copy) {
  const auto x = args.floats(0), y = args.floats(2);
  const auto startX = args.integer(1), startY = args.integer(3);
  const Loop loop(args.ints(4));
  if (loop.rows * loop.inner() == 0) return args.undefined();
  if (startX < 0 || startY < 0 || startX + loop.last(loop.stepsX) >= static_cast<int64_t>(x.size) ||
      startY + loop.last(loop.stepsY) >= static_cast<int64_t>(y.size))
    throw std::invalid_argument("arrays and sizes do not fit");
  const bool isTurned = loop.rank > 1 && loop.stepsX[loop.rank - 1] != 1 && loop.stepsX[loop.rank - 2] == 1;
  (isTurned ? transposeTiles : copyRows)(loop, x.data + startX, y.data + startY);
  return args.undefined();
}
