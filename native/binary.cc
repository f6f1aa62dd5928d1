/* y = f(a, b), element by element, with broadcasting. */

#include <algorithm>

#include "napi.h"
#include "runtime.h"

namespace {

/** The order of BINARY in src/learning/engines/onednn/kernels/binary.ts; from kGreater on the results are bytes. */
enum Operation { kAdd, kSub, kMul, kDiv, kMaximum, kMinimum, kSquaredDifference, kPrelu, kGreater, kGreaterEqual, kLess, kLessEqual, kEqual, kNotEqual };

template <int operation>
inline float apply(float a, float b) {
  if (operation == kAdd) return a + b;
  if (operation == kSub) return a - b;
  if (operation == kMul) return a * b;
  if (operation == kDiv) return a / b;
  // NaN on either side must come out, which a single comparison does for one side only.
  if (operation == kMaximum) return a != a ? a : (a > b ? a : b);
  if (operation == kMinimum) return a != a ? a : (a < b ? a : b);
  if (operation == kSquaredDifference) return (a - b) * (a - b);
  if (operation == kPrelu) return a < 0 ? a * b : a;
  if (operation == kGreater) return a > b;
  if (operation == kGreaterEqual) return a >= b;
  if (operation == kLess) return a < b;
  if (operation == kLessEqual) return a <= b;
  if (operation == kEqual) return a == b;
  return a != b;
}

constexpr int kMostDims = 8;

/** Sizes from outer to inner with the strides of a and b, 0 where they are broadcast. Of the innermost, strides are 0 or 1. */
struct Loop {
  int rank;
  int64_t sizes[kMostDims], stepsA[kMostDims], stepsB[kMostDims];
  int64_t rows = 1, inner = 1;

  explicit Loop(const napi::Ints& ints) : rank(static_cast<int>(ints.size / 3)) {
    if (ints.size % 3 != 0 || rank < 1 || rank > kMostDims) throw std::invalid_argument("wanted 1 to 8 triples of sizes");
    for (int i = 0; i < rank; i++) {
      sizes[i] = ints[3 * i];
      stepsA[i] = ints[3 * i + 1];
      stepsB[i] = ints[3 * i + 2];
      if (i < rank - 1) rows *= sizes[i];
    }
    inner = sizes[rank - 1];
  }

  /** Where row `row` of a and b begins. */
  void place(int64_t row, int64_t* a, int64_t* b) const {
    *a = *b = 0;
    for (int i = rank - 2; i >= 0; i--) {
      const int64_t index = row % sizes[i];
      row /= sizes[i];
      *a += index * stepsA[i];
      *b += index * stepsB[i];
    }
  }
  int64_t lengthOf(const int64_t* steps) const {
    int64_t last = 0;
    for (int i = 0; i < rank; i++) last += (sizes[i] - 1) * steps[i];
    return last + 1;
  }
};

/** One row, or a part of it. Steps of 0 and 1 are written out so that each is a loop without branches. */
template <int operation, typename Y>
inline void runRow(const float* a, bool isAVector, const float* b, bool isBVector, Y* y, int64_t count) {
  if (isAVector && isBVector) {
    for (int64_t i = 0; i < count; i++) y[i] = static_cast<Y>(apply<operation>(a[i], b[i]));
  } else if (isAVector) {
    const float only = *b;
    for (int64_t i = 0; i < count; i++) y[i] = static_cast<Y>(apply<operation>(a[i], only));
  } else {
    const float only = *a;
    for (int64_t i = 0; i < count; i++) y[i] = static_cast<Y>(apply<operation>(only, b[i]));
  }
}

template <int operation, typename Y>
void run(const Loop& loop, const float* a, const float* b, Y* y) {
  const bool isAVector = loop.stepsA[loop.rank - 1] != 0, isBVector = loop.stepsB[loop.rank - 1] != 0;
  const int threads = runtime::threadsFor(loop.rows * loop.inner);
  if (loop.rows >= 4 * threads) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t row = 0; row < loop.rows; row++) {
      int64_t atA, atB;
      loop.place(row, &atA, &atB);
      runRow<operation>(a + atA, isAVector, b + atB, isBVector, y + row * loop.inner, loop.inner);
    }
    return;
  }
  constexpr int64_t kBlock = 8192;
  for (int64_t row = 0; row < loop.rows; row++) {
    int64_t atA, atB;
    loop.place(row, &atA, &atB);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t start = 0; start < loop.inner; start += kBlock) {
      runRow<operation>(a + atA + (isAVector ? start : 0), isAVector, b + atB + (isBVector ? start : 0), isBVector,
                        y + row * loop.inner + start, std::min(kBlock, loop.inner - start));
    }
  }
}

using Run = void (*)(const Loop&, const float*, const float*, float*);
using Compare = void (*)(const Loop&, const float*, const float*, uint8_t*);

constexpr Run kRuns[] = {run<kAdd, float>,     run<kSub, float>,     run<kMul, float>,     run<kDiv, float>,
                         run<kMaximum, float>, run<kMinimum, float>, run<kSquaredDifference, float>, run<kPrelu, float>};
constexpr Compare kCompares[] = {run<kGreater, uint8_t>,   run<kGreaterEqual, uint8_t>, run<kLess, uint8_t>,
                                 run<kLessEqual, uint8_t>, run<kEqual, uint8_t>,        run<kNotEqual, uint8_t>};

void checkLengths(const Loop& loop, const napi::Floats& a, const napi::Floats& b, size_t y) {
  if (static_cast<int64_t>(y) != loop.rows * loop.inner || static_cast<int64_t>(a.size) < loop.lengthOf(loop.stepsA) ||
      static_cast<int64_t>(b.size) < loop.lengthOf(loop.stepsB))
    throw std::invalid_argument("arrays and sizes do not fit");
}

}  // namespace

/** binary(operation, a, b, y, loop) */
EXPORT(binary) {
  const auto operation = args.integer(0);
  if (operation < 0 || operation > kPrelu) throw std::invalid_argument("no such operation");
  const auto a = args.floats(1), b = args.floats(2), y = args.floats(3);
  const Loop loop(args.ints(4));
  checkLengths(loop, a, b, y.size);
  kRuns[operation](loop, a.data, b.data, y.data);
  return args.undefined();
}

/** compare(operation, a, b, y: Uint8Array, loop) */
EXPORT(compare) {
  const auto operation = args.integer(0);
  if (operation < kGreater || operation > kNotEqual) throw std::invalid_argument("no such operation");
  const auto a = args.floats(1), b = args.floats(2);
  const auto y = args.bytes(3);
  const Loop loop(args.ints(4));
  checkLengths(loop, a, b, y.size);
  kCompares[operation - kGreater](loop, a.data, b.data, y.data);
  return args.undefined();
}
