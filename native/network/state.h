// What a network in training holds: values, gradients, activations with their sums.
#pragma once
#include <omp.h>
#include <cmath>
#include <exception>
#include <memory>
#include "activation.h"
#include "buffers.h"
#include "plan.h"

namespace fair {

/** A value and what is known of its gradient. */
template <typename T>
struct Value {
  int height, width, channels;
  long rows;
  int uses = 0;
  bool wantsMoments = false;
  T* data = nullptr;
  std::shared_ptr<T> owned;
  std::vector<Moments> moments;  // by thread
  /**
   * Backwards: the gradient of the value itself, or, where `through` is set, of what that activation makes of it, with the
   * activation's sums known: its reader differentiates on the way in.
   */
  std::shared_ptr<T> gradient;
  Activation* through = nullptr;
  long size() const { return rows * channels; }
};

/** Addresses of parameters and their gradients, by index; null for a gradient that is not needed. */
struct Arrays {
  std::vector<const float*> parameters;
  std::vector<float*> gradients;
  std::vector<float*> means, variances;  // of batch normalisations, by their number
  std::vector<const float*> masks;
};

constexpr float kEpsilon = 1e-5f;

template <typename T>
struct State {
  Plan plan;
  int threads;
  Pool pool;
  std::vector<Value<T>> values;
  std::vector<Activation> activations;
  std::vector<std::vector<GradientSums>> sums;  // by activation and thread
  Arrays arrays;
  const float* pixels = nullptr;

  Activation* activation(int index) { return index < 0 ? nullptr : &activations[index]; }
};

/** Runs f(thread, first, last) on consecutive shares of [0, count), always the same for the same number of threads. */
template <typename F>
void inShares(int threads, long count, F f) {
  // An exception that leaves a parallel region ends the process.
  std::exception_ptr failed;
#pragma omp parallel num_threads(threads)
  {
    const int thread = omp_get_thread_num(), all = omp_get_num_threads();
    try {
      f(thread, count * thread / all, count * (thread + 1) / all);
    } catch (...) {
#pragma omp critical(failure)
      failed = std::current_exception();
    }
  }
  if (failed) std::rethrow_exception(failed);
}

/** Once the forward pass has written a value: what the activations on it need to know of the batch. */
template <typename T>
void finishMoments(State<T>& state, int index) {
  Value<T>& value = state.values[index];
  if (!value.wantsMoments) return;
  const int channels = value.channels;
  std::vector<double> mean(channels, 0.), squares(channels, 0.);
  double rows = 0;
  for (Moments& m : value.moments) {
    if (m.rows == 0) continue;
    const double all = rows + m.rows;
    for (int c = 0; c < channels; c++) {
      // Chan et al. 1983: means and sums of squared deviations of two parts make those of the whole.
      const double part = m.shift[c] + m.sum[c] / m.rows, deviations = m.squares[c] - m.sum[c] * m.sum[c] / m.rows;
      const double apart = part - mean[c];
      mean[c] += apart * m.rows / all;
      squares[c] += deviations + apart * apart * rows * m.rows / all;
    }
    rows = all;
    m.rows = 0;
  }
  for (Activation& a : state.activations) {
    if (a.value != index || !a.normalises) continue;
    const float *gamma = state.arrays.parameters[a.gamma], *beta = state.arrays.parameters[a.beta];
    for (int c = 0; c < channels; c++) {
      const double variance = squares[c] > 0 ? squares[c] / rows : squares[c] == squares[c] ? 0. : squares[c];
      a.mean[c] = (float)mean[c];
      a.deviation[c] = (float)(1. / std::sqrt(variance + kEpsilon));
      a.scale[c] = gamma[c] * a.deviation[c];
      a.shift[c] = beta[c];
      state.arrays.means[a.statistics][c] = (float)mean[c];
      state.arrays.variances[a.statistics][c] = (float)(variance * rows / std::max(1., rows - 1));
    }
  }
}

/** Once the gradient behind an activation is known everywhere: gradients of its parameters, and how to differentiate on the way in. */
template <typename T>
void finishSums(State<T>& state, int index) {
  Activation& a = state.activations[index];
  const double rows = (double)state.values[a.value].rows;
  auto& parts = state.sums[index];
  float* dGamma = a.gamma < 0 ? nullptr : state.arrays.gradients[a.gamma];
  float* dBeta = a.beta < 0 ? nullptr : state.arrays.gradients[a.beta];
  float* dSlope = a.slopes < 0 ? nullptr : state.arrays.gradients[a.slopes];
  for (int c = 0; c < a.channels; c++) {
    double du = 0, centred = 0, negative = 0;
    for (const GradientSums& part : parts) du += part.du[c], centred += part.duCentred[c], negative += part.negative[c];
    if (dSlope) dSlope[c] = (float)negative;
    if (!a.normalises) continue;
    const double deviation = a.deviation[c], scale = a.scale[c];
    if (dGamma) dGamma[c] = (float)(centred * deviation);
    if (dBeta) dBeta[c] = (float)du;
    a.pass[c] = a.scale[c];
    a.toward[c] = (float)(-scale * deviation * deviation * centred / rows);
    a.level[c] = (float)(-scale * du / rows);
  }
}

template <typename T>
void clearSums(State<T>& state, int index) {
  for (GradientSums& part : state.sums[index]) part.clear(state.activations[index].channels);
}

}  // namespace fair
