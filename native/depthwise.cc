/* Depthwise convolutions with one filter a channel, NHWC with filters [height, width, channels, 1]. Bound by memory, not arithmetic. */

#include <algorithm>
#include <vector>

#include "napi.h"
#include "runtime.h"
#include "vector.h"

using vec::kLanes;
using vec::V;

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
  size_t filterSize() const { return filterH * filterW * c; }
};

/** One tap of a filter on one pixel. */
struct Tap {
  const float* x;
  const float* w;
};

/** y[channels] = bias + the sum of the taps, `shift` floats further on in x, four registers at a time. */
inline void sumTaps(const Tap* taps, int64_t count, int64_t shift, const float* bias, int64_t channels, float* y) {
  int64_t c = 0;
  for (; c + 4 * kLanes <= channels; c += 4 * kLanes) {
    V s0{}, s1{}, s2{}, s3{};
    if (bias) s0 = vec::load(bias + c), s1 = vec::load(bias + c + 16), s2 = vec::load(bias + c + 32), s3 = vec::load(bias + c + 48);
    for (int64_t t = 0; t < count; t++) {
      const float *x = taps[t].x + shift + c, *w = taps[t].w + c;
      s0 += vec::load(x) * vec::load(w);
      s1 += vec::load(x + 16) * vec::load(w + 16);
      s2 += vec::load(x + 32) * vec::load(w + 32);
      s3 += vec::load(x + 48) * vec::load(w + 48);
    }
    vec::store(y + c, s0);
    vec::store(y + c + 16, s1);
    vec::store(y + c + 32, s2);
    vec::store(y + c + 48, s3);
  }
  for (; c + kLanes <= channels; c += kLanes) {
    V s = bias ? vec::load(bias + c) : V{};
    for (int64_t t = 0; t < count; t++) s += vec::load(taps[t].x + shift + c) * vec::load(taps[t].w + c);
    vec::store(y + c, s);
  }
  for (; c < channels; c++) {
    float s = bias ? bias[c] : 0.0f;
    for (int64_t t = 0; t < count; t++) s += taps[t].x[shift + c] * taps[t].w[c];
    y[c] = s;
  }
}

void forward(const Geometry& g, const float* x, const float* w, const float* bias, float* y) {
#pragma omp parallel num_threads(runtime::threadsFor(g.outSize() * g.filterH))
  {
    std::vector<Tap> taps(g.filterH * g.filterW);
#pragma omp for schedule(static)
    for (int64_t row = 0; row < g.n * g.outH; row++) {
      const int64_t image = row / g.outH, top = row % g.outH * g.strideH - g.padTop;
      int64_t count = 0, listed = 0;
      for (int64_t out = 0; out < g.outW; out++) {
        const int64_t left = out * g.strideW - g.padLeft, right = left + (g.filterW - 1) * g.dilationW;
        // Between the edges the list of the pixel before holds, further on: making it takes as long as a sum over 64 channels.
        if (left - g.strideW >= 0 && right < g.inW) {
          sumTaps(taps.data(), count, (out - listed) * g.strideW * g.c, bias, g.c, y + (row * g.outW + out) * g.c);
          continue;
        }
        count = 0;
        listed = out;
        for (int64_t i = 0; i < g.filterH; i++) {
          const int64_t at = top + i * g.dilationH;
          if (at < 0 || at >= g.inH) continue;
          for (int64_t j = 0; j < g.filterW; j++) {
            const int64_t column = left + j * g.dilationW;
            if (column < 0 || column >= g.inW) continue;
            taps[count++] = {x + ((image * g.inH + at) * g.inW + column) * g.c, w + (i * g.filterW + j) * g.c};
          }
        }
        sumTaps(taps.data(), count, 0, bias, g.c, y + (row * g.outW + out) * g.c);
      }
    }
  }
}

void backwardInput(const Geometry& g, const float* dy, const float* w, float* dx) {
#pragma omp parallel num_threads(runtime::threadsFor(g.inSize() * g.filterH))
  {
    std::vector<Tap> taps(g.filterH * g.filterW);
#pragma omp for schedule(static)
    for (int64_t row = 0; row < g.n * g.inH; row++) {
      const int64_t image = row / g.inH, inRow = row % g.inH;
      int64_t count = 0, listed = 0;
      for (int64_t column = 0; column < g.inW; column++) {
        const int64_t last = column + g.padLeft, first = last - (g.filterW - 1) * g.dilationW;
        if (g.strideW == 1 && column > 0 && first > 0 && last < g.outW) {
          sumTaps(taps.data(), count, (column - listed) * g.c, nullptr, g.c, dx + (row * g.inW + column) * g.c);
          continue;
        }
        count = 0;
        listed = column;
        for (int64_t i = 0; i < g.filterH; i++) {
          const int64_t at = inRow + g.padTop - i * g.dilationH;
          if (at < 0 || at % g.strideH != 0 || at / g.strideH >= g.outH) continue;
          for (int64_t j = 0; j < g.filterW; j++) {
            const int64_t across = column + g.padLeft - j * g.dilationW;
            if (across < 0 || across % g.strideW != 0 || across / g.strideW >= g.outW) continue;
            taps[count++] = {dy + ((image * g.outH + at / g.strideH) * g.outW + across / g.strideW) * g.c,
                             w + (i * g.filterW + j) * g.c};
          }
        }
        sumTaps(taps.data(), count, 0, nullptr, g.c, dx + (row * g.inW + column) * g.c);
      }
    }
  }
}

/** The outputs whose pixel under a tap lies inside the image. */
struct Range {
  int64_t from, to;
  Range(const Geometry& g, int64_t shift)
      : from(shift >= 0 ? 0 : (-shift + g.strideW - 1) / g.strideW),
        to(std::min(g.outW, g.inW <= shift ? 0 : (g.inW - 1 - shift) / g.strideW + 1)) {}
};

/** Adds the share of outputs `from` to `to` of a row to one tap of the filter, for sixteen channels. */
inline void addTap(const Geometry& g, const float* x, const float* dy, int64_t from, int64_t to, float* dw) {
  const int64_t step = g.strideW * g.c;
  V s0{}, s1{};
  int64_t out = from;
  for (; out + 1 < to; out += 2) {
    s0 += vec::load(x + out * step) * vec::load(dy + out * g.c);
    s1 += vec::load(x + (out + 1) * step) * vec::load(dy + (out + 1) * g.c);
  }
  if (out < to) s0 += vec::load(x + out * step) * vec::load(dy + out * g.c);
  vec::store(dw, vec::load(dw) + (s0 + s1));
}

/** The same for three neighbouring taps and `blocks` times sixteen channels: twelve sums run side by side, and pixels are read whole. */
template <int blocks>
inline void addThreeTaps(const Geometry& g, const float* x, const float* dy, int64_t shift, float* dw) {
  const int64_t step = g.strideW * g.c, next = g.dilationW * g.c;
  const Range ranges[] = {{g, shift}, {g, shift + g.dilationW}, {g, shift + 2 * g.dilationW}};
  const int64_t from = ranges[0].from, to = std::max(from, ranges[2].to);
  V sums[3][blocks] = {};
  for (int64_t out = from; out < to; out++) {
    const float *pixel = x + out * step + shift * g.c, *gradient = dy + out * g.c;
#pragma GCC unroll 4
    for (int b = 0; b < blocks; b++) {
      const V d = vec::load(gradient + b * kLanes);
      sums[0][b] += vec::load(pixel + b * kLanes) * d;
      sums[1][b] += vec::load(pixel + next + b * kLanes) * d;
      sums[2][b] += vec::load(pixel + 2 * next + b * kLanes) * d;
    }
  }
  for (int64_t j = 0; j < 3; j++) {
    const float* own = x + (shift + j * g.dilationW) * g.c;
    // What is left over at either end; of the others the shared part may have been empty.
    const int64_t early = std::min(from, ranges[j].to), late = std::max(to, ranges[j].from);
    for (int b = 0; b < blocks; b++) {
      float* share = dw + j * g.c + b * kLanes;
      vec::store(share, vec::load(share) + sums[j][b]);
      if (ranges[j].from < early) addTap(g, own + b * kLanes, dy + b * kLanes, ranges[j].from, early, share);
      if (late < ranges[j].to) addTap(g, own + b * kLanes, dy + b * kLanes, late, ranges[j].to, share);
    }
  }
}

/** Adds the share of one output row to one row of the filter, for up to sixteen channels, or four times as many. */
inline void addFilterRow(const Geometry& g, const float* x, const float* dy, int64_t lanes, float* dw) {
  if (lanes == 4 * kLanes) return addThreeTaps<4>(g, x, dy, -g.padLeft, dw);
  if (lanes == kLanes && g.filterW == 3) return addThreeTaps<1>(g, x, dy, -g.padLeft, dw);
  for (int64_t j = 0; j < g.filterW; j++) {
    const int64_t shift = j * g.dilationW - g.padLeft;
    const Range range(g, shift);
    if (lanes == kLanes) {
      addTap(g, x + shift * g.c, dy, range.from, range.to, dw + j * g.c);
      continue;
    }
    for (int64_t out = range.from; out < range.to; out++) {
      const float* from = x + (out * g.strideW + shift) * g.c;
      for (int64_t c = 0; c < lanes; c++) dw[j * g.c + c] += from[c] * dy[out * g.c + c];
    }
  }
}

void backwardFilter(const Geometry& g, const float* x, const float* dy, float* dw) {
  const int threads = runtime::threadsFor(g.outSize() * g.filterH);
  const int64_t size = g.filterSize(), rows = g.n * g.outH;
  std::vector<float> partials(threads * size, 0.0f);
  // Shares are fixed by the number of threads and added in order: the same threads, the same sums.
#pragma omp parallel for num_threads(threads) schedule(static)
  for (int t = 0; t < threads; t++) {
    float* partial = partials.data() + t * size;
    for (int64_t row = rows * t / threads; row < rows * (t + 1) / threads; row++) {
      const int64_t image = row / g.outH, top = row % g.outH * g.strideH - g.padTop;
      for (int64_t c = 0, lanes; c < g.c; c += lanes) {
        const bool isWide = g.filterW == 3 && c + 4 * kLanes <= g.c;
        lanes = isWide ? 4 * kLanes : std::min(kLanes, g.c - c);
        for (int64_t i = 0; i < g.filterH; i++) {
          const int64_t at = top + i * g.dilationH;
          if (at < 0 || at >= g.inH) continue;
          addFilterRow(g, x + (image * g.inH + at) * g.inW * g.c + c, dy + row * g.outW * g.c + c, lanes,
                       partial + i * g.filterW * g.c + c);
        }
      }
    }
  }
  for (int64_t i = 0; i < size; i++) {
    double total = 0;
    for (int t = 0; t < threads; t++) total += partials[t * size + i];
    dw[i] = static_cast<float>(total);
  }
}

}  // namespace

/** depthwise(x, filter, bias | null, y, geometry) */
EXPORT(depthwise) {
  const Geometry g(args.ints(4));
  const auto bias = args.optionalFloats(2);
  if (bias) args.floats(2, g.c);
  forward(g, args.floats(0, g.inSize()).data, args.floats(1, g.filterSize()).data, bias.data,
          args.floats(3, g.outSize()).data);
  return args.undefined();
}

/** depthwiseBackpropInput(dy, filter, dx, geometry) */
EXPORT(depthwiseBackpropInput) {
  const Geometry g(args.ints(3));
  backwardInput(g, args.floats(0, g.outSize()).data, args.floats(1, g.filterSize()).data,
                args.floats(2, g.inSize()).data);
  return args.undefined();
}

/** depthwiseBackpropFilter(x, dy, dFilter, geometry) */
EXPORT(depthwiseBackpropFilter) {
  const Geometry g(args.ints(3));
  backwardFilter(g, args.floats(0, g.inSize()).data, args.floats(1, g.outSize()).data,
                 args.floats(2, g.filterSize()).data);
  return args.undefined();
}
