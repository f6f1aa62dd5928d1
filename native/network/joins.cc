// Nodes without parameters: sums of activated values (the end of a residual block), masks (dropout), another shape of the same memory.
#include <algorithm>
#include "node.h"

namespace fair {
namespace {

constexpr long kRows = 256;

template <typename T>
class Sum : public Node<T> {
 public:
  using Node<T>::Node;

  void forward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    const int channels = out.channels;
    inShares(state.threads, out.rows, [&](int thread, long first, long last) {
      const long tile = std::min(kRows, last - first);
      std::vector<float> sum(tile * channels), term(tile * channels);
      for (long row = first; row < last; row += tile) {
        const long rows = std::min(tile, last - row), count = rows * channels;
        for (size_t i = 0; i < this->plan.inputs.size(); i++) {
          std::vector<float>& to = i == 0 ? sum : term;
          read(state, this->plan.inputs[i], row, rows, to.data());
          if (i > 0)
            for (long at = 0; at < count; at++) sum[at] += term[at];
        }
        if (out.wantsMoments) addMoments(out.moments[thread], sum.data(), rows, channels);
        convert(out.data + row * channels, sum.data(), count);
      }
    });
    finishMoments(state, this->plan.output);
  }

  void backward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    const auto dy = plainGradient(state, out);
    bool lent = false;
    for (const Term& term : this->plan.inputs) {
      Value<T>& value = state.values[term.value];
      Activation* a = state.activation(term.activation);
      const bool only = a && value.uses == 1;
      if (only || (!a && !value.gradient && !lent)) {
        // The same memory: a later addition to it comes after all that still has to be read from it (see below).
        value.gradient = dy;
        value.through = a;
        lent = lent || !a;
        if (a) sums(state, term, dy.get());
        continue;
      }
      Delivery<T> deliver(state, term);
      inShares(state.threads, out.rows, [&](int thread, long first, long last) {
        for (long row = first; row < last; row += kRows)
          deliver(thread, row, dy.get() + row * out.channels, std::min(kRows, last - row));
      });
      deliver.finish();
    }
    // A residual block's input is used by the block's first node, which is the last of the block to go backwards: its addition to
    // the lent memory follows every reading of it.
  }

 private:
  static void read(State<T>& state, const Term& term, long row, long rows, float* to) {
    const Value<T>& value = state.values[term.value];
    const T* from = value.data + row * value.channels;
    if (const Activation* a = state.activation(term.activation)) activate(*a, from, to, rows);
    else convert(to, from, rows * value.channels);
  }

  template <typename To, typename From>
  static void convert(To* to, const From* from, long count) {
    withWidth((int)(count % 16), [&](auto width) {
      constexpr int W = decltype(width)::value;
      for (long i = 0; i < count; i += W) store<W>(to + i, load<W>(from + i));
    });
  }

  static std::shared_ptr<T> plainGradient(State<T>& state, const Value<T>& out) {
    if (!out.through) return out.gradient;
    auto dy = state.pool.template take<T>(out.size());
    inShares(state.threads, out.rows, [&](int, long first, long last) {
      gradientOf(out, first, last - first, dy.get() + first * out.channels);
    });
    return dy;
  }

  static void sums(State<T>& state, const Term& term, const T* dz) {
    const Value<T>& value = state.values[term.value];
    clearSums(state, term.activation);
    inShares(state.threads, value.rows, [&](int thread, long first, long last) {
      for (long row = first; row < last; row += kRows) {
        const long at = row * value.channels;
        addGradientSums(state.sums[term.activation][thread], state.activations[term.activation], dz + at, value.data + at,
                        std::min(kRows, last - row));
      }
    });
    finishSums(state, term.activation);
  }
};

template <typename T>
class Mask : public Node<T> {
 public:
  using Node<T>::Node;

  void forward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    multiply(state, state.values[this->plan.inputs[0].value].data, out.data, out);
  }

  void backward(State<T>& state) override {
    Value<T>&out = state.values[this->plan.output], &in = state.values[this->plan.inputs[0].value];
    const auto dx = state.pool.template take<T>(in.size());
    const auto tile = state.pool.template take<T>(in.size());
    multiply(state, gradientOf(out, 0, out.rows, tile.get()), dx.get(), out);
    Delivery<T> deliver(state, this->plan.inputs[0]);
    inShares(state.threads, in.rows, [&](int thread, long first, long last) {
      deliver(thread, first, dx.get() + first * in.channels, last - first);
    });
    deliver.finish();
  }

 private:
  void multiply(State<T>& state, const T* from, T* to, const Value<T>& value) {
    const float* mask = state.arrays.masks[this->plan.weights];
    inShares(state.threads, value.size(), [&](int, long first, long last) {
      for (long i = first; i < last; i++) store<1>(to + i, load<1>(from + i) * load<1>(mask + i));
    });
  }
};

template <typename T>
class Flatten : public Node<T> {
 public:
  using Node<T>::Node;
  void forward(State<T>&) override {}
  void backward(State<T>& state) override {
    Value<T>& out = state.values[this->plan.output];
    Value<T>& in = state.values[this->plan.inputs[0].value];
    if (!out.through && !in.gradient) {
      in.gradient = out.gradient;
      return;
    }
    const auto tile = state.pool.template take<T>(in.size());
    const T* dy = gradientOf(out, 0, out.rows, tile.get());
    Delivery<T> deliver(state, this->plan.inputs[0]);
    inShares(state.threads, in.rows, [&](int thread, long first, long last) {
      deliver(thread, first, dy + first * in.channels, last - first);
    });
    deliver.finish();
  }
};

}  // namespace

template <typename T>
std::unique_ptr<Node<T>> makeSum(const NodePlan& plan, State<T>&) {
  return std::make_unique<Sum<T>>(plan);
}
template <typename T>
std::unique_ptr<Node<T>> makeMask(const NodePlan& plan, State<T>&) {
  return std::make_unique<Mask<T>>(plan);
}
template <typename T>
std::unique_ptr<Node<T>> makeFlatten(const NodePlan& plan, State<T>&) {
  return std::make_unique<Flatten<T>>(plan);
}
template std::unique_ptr<Node<float>> makeSum(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeSum(const NodePlan&, State<bf16>&);
template std::unique_ptr<Node<float>> makeMask(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeMask(const NodePlan&, State<bf16>&);
template std::unique_ptr<Node<float>> makeFlatten(const NodePlan&, State<float>&);
template std::unique_ptr<Node<bf16>> makeFlatten(const NodePlan&, State<bf16>&);

}  // namespace fair
