/* Sums and extremes over one run of axes: x[outer, reduced, inner] to y[outer, inner]. Sums are carried on in double. */

#include <algorithm>
#include <limits>
#include <vector>

#include "napi.h"
#include "runtime.h"
#include "vector.h"

namespace {

/** Rows that are summed in float32 before they go to the double: their rounding stays below 1e-6. */
constexpr int64_t kBlock = 64;

/** Of one column of sixteens, `count` values in all. */
double sumOf(const float* x, int64_t count) {
  double total = 0;
  constexpr int64_t kChunk = 4 * vec::kLanes;
  int64_t i = 0;
  while (i + kChunk <= count) {
    vec::V s0{}, s1{}, s2{}, s3{};
    const int64_t end = std::min(count - kChunk, i + (kBlock - 1) * kChunk);
    for (; i <= end; i += kChunk) {
      s0 += vec::load(x + i);
      s1 += vec::load(x + i + 16);
      s2 += vec::load(x + i + 32);
      s3 += vec::load(x + i + 48);
    }
    total += vec::sum((s0 + s1) + (s2 + s3));
  }
  for (; i < count; i++) total += x[i];
  return total;
}

/** Adds `rows` rows of `columns` to the doubles. */
void addRows(const float* x, int64_t rows, int64_t columns, int64_t stride, double* total, float* partial) {
  for (int64_t start = 0; start < rows; start += kBlock) {
    const int64_t end = std::min(rows, start + kBlock);
    std::fill(partial, partial + columns, 0.0f);
    for (int64_t r = start; r < end; r++) {
      const float* row = x + r * stride;
      for (int64_t c = 0; c < columns; c++) partial[c] += row[c];
    }
    for (int64_t c = 0; c < columns; c++) total[c] += partial[c];
  }
}

/** Columns at once, so that the partial sums stay in the nearest cache. */
constexpr int64_t kColumns = 1024;

void sumColumns(const float* x, int64_t rows, int64_t columns, int64_t stride, float scale, float* y, int threads) {
  std::vector<double> totals(threads * columns, 0.0);
  // A thread's share is fixed by their number, and the shares are added in order: the same threads, the same sum.
#pragma omp parallel num_threads(threads)
  {
    std::vector<float> partial(columns);
#pragma omp for schedule(static)
    for (int t = 0; t < threads; t++) {
      const int64_t from = rows * t / threads, to = rows * (t + 1) / threads;
      addRows(x + from * stride, to - from, columns, stride, &totals[t * columns], partial.data());
    }
  }
  for (int64_t c = 0; c < columns; c++) {
    double total = 0;
    for (int t = 0; t < threads; t++) total += totals[t * columns + c];
    y[c] = static_cast<float>(total * scale);
  }
}

double sumInParallel(const float* x, int64_t count, int threads) {
  std::vector<double> totals(threads, 0.0);
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++) {
    const int64_t from = count * t / threads, to = count * (t + 1) / threads;
    totals[t] = sumOf(x + from, to - from);
  }
  double total = 0;
  for (const double part : totals) total += part;
  return total;
}

/** The greater, or NaN once there is one. */
template <bool isMax>
inline float extreme(float most, float value) {
  return (isMax ? value > most : value < most) || value != value ? value : most;
}

template <bool isMax>
constexpr float kNone = isMax ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();

/** Of one run of values; sixteen side by side, so that they do not wait for each other. */
template <bool isMax>
float extremeOf(const float* x, int64_t count) {
  vec::V lanes = vec::all(kNone<isMax>);
  int64_t i = 0;
  for (; i + vec::kLanes <= count; i += vec::kLanes) {
    const vec::V value = vec::load(x + i);
    lanes = vec::select((isMax ? value > lanes : value < lanes) | (value != value), value, lanes);
  }
  float most = kNone<isMax>;
  for (int lane = 0; lane < vec::kLanes; lane++) most = extreme<isMax>(most, lanes[lane]);
  for (; i < count; i++) most = extreme<isMax>(most, x[i]);
  return most;
}

template <bool isMax>
void extremes(const float* x, int64_t outer, int64_t reduced, int64_t inner, float* y) {
#pragma omp parallel for num_threads(runtime::threadsFor(outer* reduced* inner)) schedule(static)
  for (int64_t o = 0; o < outer; o++) {
    const float* from = x + o * reduced * inner;
    float* to = y + o * inner;
    if (inner == 1) {
      *to = extremeOf<isMax>(from, reduced);
      continue;
    }
    std::fill(to, to + inner, kNone<isMax>);
    for (int64_t r = 0; r < reduced; r++) {
      for (int64_t i = 0; i < inner; i++) to[i] = extreme<isMax>(to[i], from[r * inner + i]);
    }
  }
}

}  // namespace

/** reduceSum(x, y, outer, reduced, inner, scale): sums times scale */
EXPORT(reduceSum) {
  const auto outer = args.integer(2), reduced = args.integer(3), inner = args.integer(4);
  const auto scale = args.number(5);
  const auto x = args.floats(0, outer * reduced * inner);
  const auto y = args.floats(1, outer * inner);
  const int threads = runtime::threadsFor(x.size);
  const int64_t size = reduced * inner;
  if (inner == 1 && outer < threads) {
    for (int64_t o = 0; o < outer; o++) y[o] = static_cast<float>(sumInParallel(x.data + o * size, reduced, threads) * scale);
  } else if (inner == 1) {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t o = 0; o < outer; o++) y[o] = static_cast<float>(sumOf(x.data + o * size, reduced) * scale);
  } else if (outer < threads) {
    for (int64_t o = 0; o < outer; o++) {
      for (int64_t c = 0; c < inner; c += kColumns) {
        sumColumns(x.data + o * size + c, reduced, std::min(kColumns, inner - c), inner, scale, y.data + o * inner + c, threads);
      }
    }
  } else {
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t o = 0; o < outer; o++) {
      for (int64_t c = 0; c < inner; c += kColumns) {
        sumColumns(x.data + o * size + c, reduced, std::min(kColumns, inner - c), inner, scale, y.data + o * inner + c, 1);
      }
    }
  }
  return args.undefined();
}

/** reduceExtreme(isMax, x, y, outer, reduced, inner) */
EXPORT(reduceExtreme) {
  const auto outer = args.integer(3), reduced = args.integer(4), inner = args.integer(5);
  const auto x = args.floats(1, outer * reduced * inner);
  const auto y = args.floats(2, outer * inner);
  (args.flag(0) ? extremes<true> : extremes<false>)(x.data, outer, reduced, inner, y.data);
  return args.undefined();
}

/** softmax(x, y, rows, columns) over the columns */
EXPORT(softmax) {
  const auto rows = args.integer(2), columns = args.integer(3);
  const auto x = args.floats(0, rows * columns);
  const auto y = args.floats(1, rows * columns);
#pragma omp parallel for num_threads(runtime::threadsFor(rows* columns * 4)) schedule(static)
  for (int64_t r = 0; r < rows; r++) {
    const float* from = x.data + r * columns;
    float* to = y.data + r * columns;
    const float most = extremeOf<true>(from, columns);
    int64_t c = 0;
    for (; c + vec::kLanes <= columns; c += vec::kLanes) vec::store(to + c, vec::exp(vec::load(from + c) - most));
    if (c < columns) vec::storeSome(to + c, vec::exp(vec::loadSome(from + c, columns - c) - most), columns - c);
    const auto scale = static_cast<float>(1.0 / sumOf(to, columns));
    for (c = 0; c < columns; c++) to[c] *= scale;
  }
  return args.undefined();
}

/** batchNorm(x, mean, variance, offset | null, scale | null, epsilon, y): each but x and y one value a channel, the last axis */
EXPORT(batchNorm) {
  const auto x = args.floats(0);
  const auto mean = args.floats(1);
  const int64_t channels = mean.size;
  const auto variance = args.floats(2, channels);
  const auto offset = args.optionalFloats(3), scale = args.optionalFloats(4);
  if ((offset && offset.size != mean.size) || (scale && scale.size != mean.size))
    throw std::invalid_argument("wanted one value a channel");
  const auto epsilon = args.number(5);
  const auto y = args.floats(6, x.size);
  std::vector<float> factor(channels), shift(channels);
  for (int64_t c = 0; c < channels; c++) {
    factor[c] = static_cast<float>((scale ? scale[c] : 1.0) / std::sqrt(variance[c] + epsilon));
    shift[c] = offset ? offset[c] : 0.0f;
  }
  const int64_t rows = channels == 0 ? 0 : x.size / channels;
#pragma omp parallel for num_threads(runtime::threadsFor(x.size)) schedule(static)
  for (int64_t r = 0; r < rows; r++) {
    const float* from = x.data + r * channels;
    float* to = y.data + r * channels;
    for (int64_t c = 0; c < channels; c++) to[c] = (from[c] - mean[c]) * factor[c] + shift[c];
  }
  return args.undefined();
}
