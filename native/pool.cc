/* Pooling of NHWC images, as tfjs's CPU backend does it: NaN is no maximum, and an average leaves the padding out. */

#include <algorithm>
#include <limits>
#include <vector>

#include "napi.h"
#include "runtime.h"

namespace {

/** What the Int32Array of a call holds, in this order. */
struct Geometry {
  int64_t n, inH, inW, c, filterH, filterW, outH, outW, strideH, strideW, dilationH, dilationW, padTop, padLeft;

  explicit Geometry(const napi::Ints& ints) {
    if (ints.size != sizeof(Geometry) / sizeof(int64_t)) throw std::invalid_argument("wanted 14 sizes");
    std::copy(ints.begin(), ints.end(), &n);
  }
  size_t inSize() const { return n * inH * inW * c; }
  size_t outSize() const { return n * outH * outW * c; }

  /** Calls `visit(place of the input pixel)` for each pixel of a window that lies inside the image, row by row. */
  template <typename Visit>
  void window(int64_t image, int64_t outRow, int64_t outColumn, Visit visit) const {
    const int64_t top = outRow * strideH - padTop, left = outColumn * strideW - padLeft;
    for (int64_t i = 0; i < filterH; i++) {
      const int64_t row = top + i * dilationH;
      if (row < 0 || row >= inH) continue;
      for (int64_t j = 0; j < filterW; j++) {
        const int64_t column = left + j * dilationW;
        if (column < 0 || column >= inW) continue;
        visit(((image * inH + row) * inW + column) * c);
      }
    }
  }
};

template <bool isMax>
void forward(const Geometry& g, const float* x, float* y) {
#pragma omp parallel for num_threads(runtime::threadsFor(g.inSize())) schedule(static)
  for (int64_t row = 0; row < g.n * g.outH; row++) {
    for (int64_t column = 0; column < g.outW; column++) {
      float* to = y + (row * g.outW + column) * g.c;
      std::fill(to, to + g.c, isMax ? -std::numeric_limits<float>::infinity() : 0.0f);
      int64_t count = 0;
      g.window(row / g.outH, row % g.outH, column, [&](int64_t at) {
        const float* from = x + at;
        count++;
        for (int64_t c = 0; c < g.c; c++) to[c] = isMax ? (from[c] > to[c] ? from[c] : to[c]) : to[c] + from[c];
      });
      if (isMax) continue;
      const auto divisor = static_cast<float>(count);
      for (int64_t c = 0; c < g.c; c++) to[c] /= divisor;
    }
  }
}

/** Windows overlap, but only inside an image: images are what threads share out. */
void maxBackward(const Geometry& g, const float* x, const float* dy, float* dx) {
#pragma omp parallel num_threads(runtime::threadsFor(g.inSize()))
  {
    std::vector<float> most(g.c);
    std::vector<int64_t> place(g.c);
#pragma omp for schedule(static)
    for (int64_t image = 0; image < g.n; image++) {
      std::fill(dx + image * g.inH * g.inW * g.c, dx + (image + 1) * g.inH * g.inW * g.c, 0.0f);
      for (int64_t row = 0; row < g.outH; row++) {
        for (int64_t column = 0; column < g.outW; column++) {
          std::fill(most.begin(), most.end(), -std::numeric_limits<float>::infinity());
          std::fill(place.begin(), place.end(), -1);
          g.window(image, row, column, [&](int64_t at) {
            for (int64_t c = 0; c < g.c; c++) {
              const bool isMore = x[at + c] > most[c];
              most[c] = isMore ? x[at + c] : most[c];
              place[c] = isMore ? at : place[c];
            }
          });
          const float* from = dy + ((image * g.outH + row) * g.outW + column) * g.c;
          for (int64_t c = 0; c < g.c; c++) {
            if (place[c] >= 0) dx[place[c] + c] += from[c];
          }
        }
      }
    }
  }
}

/** tfjs divides by the size of the whole window here, the padding included. */
void averageBackward(const Geometry& g, const float* dy, float* dx) {
  const float scale = 1.0f / static_cast<float>(g.filterH * g.filterW);
#pragma omp parallel for num_threads(runtime::threadsFor(g.inSize())) schedule(static)
  for (int64_t image = 0; image < g.n; image++) {
    std::fill(dx + image * g.inH * g.inW * g.c, dx + (image + 1) * g.inH * g.inW * g.c, 0.0f);
    for (int64_t row = 0; row < g.outH; row++) {
      for (int64_t column = 0; column < g.outW; column++) {
        const float* from = dy + ((image * g.outH + row) * g.outW + column) * g.c;
        g.window(image, row, column, [&](int64_t at) {
          for (int64_t c = 0; c < g.c; c++) dx[at + c] += from[c] * scale;
        });
      }
    }
  }
}

}  // namespace

/** pool(isMax, x, y, geometry) */
EXPORT(pool) {
  const Geometry g(args.ints(3));
  (args.flag(0) ? forward<true> : forward<false>)(g, args.floats(1, g.inSize()).data, args.floats(2, g.outSize()).data);
  return args.undefined();
}

/** maxPoolBackprop(x, dy, dx, geometry) */
EXPORT(maxPoolBackprop) {
  const Geometry g(args.ints(3));
  maxBackward(g, args.floats(0, g.inSize()).data, args.floats(1, g.outSize()).data, args.floats(2, g.inSize()).data);
  return args.undefined();
}

/** avgPoolBackprop(dy, dx, geometry) */
EXPORT(avgPoolBackprop) {
  const Geometry g(args.ints(2));
  averageBackward(g, args.floats(0, g.outSize()).data, args.floats(1, g.inSize()).data);
  return args.undefined();
}
