// How the gradient that a node computes for its input gets there.
#pragma once
#include <algorithm>
#include "state.h"

namespace fair {

/**
 * The gradient dz [rows, channels] of what `activation` makes of a value, delivered in tiles from several threads.
 * The only use of a value leaves dz and the activation's sums; others add to the value's own gradient.
 */
template <typename T>
class Delivery {
 public:
  Delivery(State<T>& state, Term to) : state_(state), to_(to), value_(state.values[to.value]), a_(state.activation(to.activation)) {
    if (to.value == 0) return;
    if (a_) clearSums(state, to.activation);
    unshare();
    adds_ = !a_ && value_.gradient;
    target_ = adds_ ? value_.gradient : state.pool.template take<T>(value_.size());
  }
  bool wanted() const { return to_.value != 0; }
  /** Where dz may be written at once, to be finished with `sumUp`; null when it has to be added. */
  T* whole() const { return adds_ ? nullptr : target_.get(); }

  template <typename G>
  void operator()(int thread, long row, const G* dz, long rows) {
    const int channels = value_.channels;
    T* to = target_.get() + row * channels;
    if (a_) addGradientSums(state_.sums[to_.activation][thread], *a_, dz, value_.data + row * channels, rows);
    if (adds_) add(to, dz, rows * channels);
    else if ((const void*)to != (const void*)dz) copy(to, dz, rows * channels);
  }

  /** Adds up what was written to `whole`. */
  void sumUp() {
    if (!a_) return;
    inShares(state_.threads, value_.rows, [&](int thread, long first, long last) {
      for (long row = first; row < last; row += kRows) {
        const long rows = std::min(kRows, last - row);
        (*this)(thread, row, target_.get() + row * value_.channels, rows);
      }
    });
  }

  void finish() {
    if (!wanted()) return;
    if (!a_) {
      value_.gradient = target_;
      return;
    }
    finishSums(state_, to_.activation);
    if (value_.uses == 1) {
      value_.gradient = target_;
      value_.through = a_;
      return;
    }
    merge();
  }

 private:
  static constexpr long kRows = 256;

  /** What is added to in place must not be what somebody else still reads (a sum lends its gradient to its terms). */
  void unshare() {
    if (!value_.gradient || value_.gradient.use_count() == 1) return;
    const auto own = state_.pool.template take<T>(value_.size());
    inShares(state_.threads, value_.size(), [&](int, long first, long last) {
      std::copy(value_.gradient.get() + first, value_.gradient.get() + last, own.get() + first);
    });
    value_.gradient = own;
  }

  /** Several uses: the gradient of the value itself, here and now. */
  void merge() {
    const bool adds = (bool)value_.gradient;
    std::shared_ptr<T> into = adds ? value_.gradient : target_;
    const int channels = value_.channels;
    inShares(state_.threads, value_.rows, [&](int, long first, long last) {
      const long most = std::min(kRows, last - first);
      std::vector<float> tile(most * channels);
      for (long row = first; row < last; row += most) {
        const long rows = std::min(most, last - row), at = row * channels;
        differentiate(*a_, target_.get() + at, value_.data + at, tile.data(), rows);
        if (adds) add(into.get() + at, tile.data(), rows * channels);
        else copy(into.get() + at, tile.data(), rows * channels);
      }
    });
    value_.gradient = into;
  }

  template <typename G>
  static void copy(T* to, const G* from, long count) {
    withWidth((int)(count % 16), [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (long i = 0; i < count; i += W) store<W>(to + i, load<W>(from + i));
    });
  }
  template <typename G>
  static void add(T* to, const G* from, long count) {
    withWidth((int)(count % 16), [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (long i = 0; i < count; i += W) store<W>(to + i, load<W>(to + i) + load<W>(from + i));
    });
  }

  State<T>& state_;
  Term to_;
  Value<T>& value_;
  Activation* a_;
  bool adds_ = false;
  std::shared_ptr<T> target_;
};

/** dy of a node's output, rows [row, row + rows): in place, or differentiated into `tile`. */
template <typename T>
const T* gradientOf(const Value<T>& value, long row, long rows, T* tile) {
  const long at = row * value.channels;
  if (!value.through) return value.gradient.get() + at;
  differentiate(*value.through, value.gradient.get() + at, value.data + at, tile, rows);
  return tile;
}

/** What a node sees of its input, rows [row, row + rows): in place, or activated into `tile`. */
template <typename T>
const T* inputOf(const Value<T>& value, const Activation* a, long row, long rows, T* tile) {
  const long at = row * value.channels;
  if (!a) return value.data + at;
  activate(*a, value.data + at, tile, rows);
  return tile;
}

}  // namespace fair
