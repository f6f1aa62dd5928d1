// Batch normalisation and PReLU between two convolutions. They are never written to memory: the reader of a value applies them on the
// way in, and the reader of a gradient differentiates through them on the way in.
#pragma once
#include <type_traits>
#include <vector>
#include "vector.h"

namespace fair {

/**
 * z = prelu(u), u = scale * (y - mean) + shift, per channel; without normalisation u = y, without a slope z = u.
 * Backwards, with sums over the batch: dy = pass * du + toward * (y - mean) + level, du = dz * (u > 0 ? 1 : slope).
 */
struct Activation {
  int value = -1;  // whose activation it is
  int channels = 0;
  bool normalises = false, rectifies = false;
  int gamma = -1, beta = -1, slopes = -1;  // indices of parameters
  int statistics = -1;                     // which batch normalisation of the network it is
  bool fixedGamma = false;
  std::vector<float> mean, scale, shift, slope;   // forward
  std::vector<float> deviation;                   // 1 / sqrt(variance + epsilon)
  std::vector<float> pass, toward, level;         // backward

  explicit Activation(int channels = 0)
      : channels(channels), mean(channels, 0.f), scale(channels, 1.f), shift(channels, 0.f), slope(channels, 1.f),
        deviation(channels, 1.f), pass(channels, 1.f), toward(channels, 0.f), level(channels, 0.f) {}
};

template <int W>
struct Coefficients {
  Floats<W> mean, scale, shift, slope;
  Coefficients(const float* mean, const float* scale, const float* shift, const float* slope, int c)
      : mean(load<W>(mean + c)), scale(load<W>(scale + c)), shift(load<W>(shift + c)), slope(load<W>(slope + c)) {}
  Floats<W> linear(Floats<W> y) const { return scale * (y - mean) + shift; }
  Floats<W> operator()(Floats<W> y) const {
    const Floats<W> u = linear(y);
    return u > 0 ? u : slope * u;
  }
};

/** z [rows, channels] of y. */
template <typename From, typename To>
void activate(const Activation& a, const From* y, To* z, long rows) {
  const int channels = a.channels;
  const float *mean = a.mean.data(), *scale = a.scale.data(), *shift = a.shift.data(), *slope = a.slope.data();
  withWidth(channels, [&](auto width) {
    constexpr int W = decltype(width)::value;
    for (long r = 0; r < rows; r++)
      for (int c = 0; c < channels; c += W)
        store<W>(z + r * channels + c, Coefficients<W>(mean, scale, shift, slope, c)(load<W>(y + r * channels + c)));
  });
}

/** dy [rows, channels] of dz and y. */
template <typename T, typename To>
void differentiate(const Activation& a, const T* dz, const T* y, To* dy, long rows) {
  const int channels = a.channels;
  const float *mean = a.mean.data(), *scale = a.scale.data(), *shift = a.shift.data(), *slope = a.slope.data();
  const float *pass = a.pass.data(), *toward = a.toward.data(), *level = a.level.data();
  withWidth(channels, [&](auto width) {
    constexpr int W = decltype(width)::value;
    for (long r = 0; r < rows; r++)
      for (int c = 0; c < channels; c += W) {
        const long at = r * channels + c;
        const Coefficients<W> k(mean, scale, shift, slope, c);
        const Floats<W> value = load<W>(y + at), gradient = load<W>(dz + at);
        const Floats<W> du = k.linear(value) > 0 ? gradient : k.slope * gradient;
        store<W>(dy + at, load<W>(pass + c) * du + load<W>(toward + c) * (value - k.mean) + load<W>(level + c));
      }
  });
}

/** Sums over rows of y - shift and of its square, added to what is there; shift is the first row that this thread sees. */
struct Moments {
  double rows = 0;
  std::vector<float> shift;
  std::vector<double> sum, squares;
};

template <typename T>
void addMoments(Moments& m, const T* y, long rows, int channels) {
  if (rows == 0) return;
  if (m.rows == 0) {
    m.shift.resize(channels);
    m.sum.assign(channels, 0.);
    m.squares.assign(channels, 0.);
    withWidth(channels, [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (int c = 0; c < channels; c += W) store<W>(&m.shift[c], load<W>(y + c));
    });
  }
  m.rows += rows;
  withWidth(channels, [&](auto width) {
    constexpr int W = decltype(width)::value;
    auto columns = [&](int c, auto unroll) {
      constexpr int U = decltype(unroll)::value;
      Floats<W> shift[U], sum[U], squares[U];
      for (int u = 0; u < U; u++) shift[u] = load<W>(&m.shift[c + u * W]), sum[u] = squares[u] = zero<W>();
      for (long r = 0; r < rows; r++)
        for (int u = 0; u < U; u++) {
          const Floats<W> d = load<W>(y + r * channels + c + u * W) - shift[u];
          sum[u] += d;
          squares[u] += d * d;
        }
      for (int u = 0; u < U; u++)
        for (int i = 0; i < W; i++) m.sum[c + u * W + i] += sum[u][i], m.squares[c + u * W + i] += squares[u][i];
    };
    int c = 0;
    for (; c + 2 * W <= channels; c += 2 * W) columns(c, std::integral_constant<int, 2>());
    for (; c < channels; c += W) columns(c, std::integral_constant<int, 1>());
  });
}

/** Sums over rows of du, du * (y - mean) and dz * min(u, 0). */
struct GradientSums {
  std::vector<double> du, duCentred, negative;
  void clear(int channels) {
    du.assign(channels, 0.);
    duCentred.assign(channels, 0.);
    negative.assign(channels, 0.);
  }
};

template <typename G, typename T>
void addGradientSums(GradientSums& sums, const Activation& a, const G* dz, const T* y, long rows) {
  const int channels = a.channels;
  withWidth(channels, [&](auto width) {
    constexpr int W = decltype(width)::value;
    auto columns = [&](int c, auto unroll) {
      constexpr int U = decltype(unroll)::value;
      Floats<W> mean[U], scale[U], shift[U], slope[U], du[U], duCentred[U], negative[U];
      for (int u = 0; u < U; u++) {
        const Coefficients<W> k(a.mean.data(), a.scale.data(), a.shift.data(), a.slope.data(), c + u * W);
        mean[u] = k.mean, scale[u] = k.scale, shift[u] = k.shift, slope[u] = k.slope;
        du[u] = duCentred[u] = negative[u] = zero<W>();
      }
      for (long r = 0; r < rows; r++)
        for (int u = 0; u < U; u++) {
          const long at = r * channels + c + u * W;
          const Floats<W> gradient = load<W>(dz + at), centred = load<W>(y + at) - mean[u];
          const Floats<W> linear = scale[u] * centred + shift[u];
          const Floats<W> d = linear > 0 ? gradient : slope[u] * gradient;
          du[u] += d;
          duCentred[u] += d * centred;
          negative[u] += linear > 0 ? zero<W>() : gradient * linear;
        }
      for (int u = 0; u < U; u++)
        for (int i = 0; i < W; i++) {
          const int at = c + u * W + i;
          sums.du[at] += du[u][i], sums.duCentred[at] += duCentred[u][i], sums.negative[at] += negative[u][i];
        }
    };
    int c = 0;
    for (; c + 2 * W <= channels; c += 2 * W) columns(c, std::integral_constant<int, 2>());
    for (; c < channels; c += W) columns(c, std::integral_constant<int, 1>());
  });
}

}  // namespace fair
