#include "network.h"
#include <chrono>
#include <stdexcept>
#include "node.h"

namespace fair {
namespace {

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

template <typename T>
std::unique_ptr<Node<T>> makeNode(const NodePlan& plan, State<T>& state) {
  switch (plan.op) {
    case NodePlan::Conv:
      return plan.inputs[0].value == 0 || (plan.kernel == 1 && plan.stride == 1 && plan.pad == 0) ? makePointwise<T>(plan, state)
                                                                                                  : makeConvolution<T>(plan, state);
    case NodePlan::Depthwise:
      return makeDepthwise<T>(plan, state);
    case NodePlan::Dense:
      return makeDense<T>(plan, state);
    case NodePlan::Sum:
      return makeSum<T>(plan, state);
    case NodePlan::Mask:
      return makeMask<T>(plan, state);
    case NodePlan::Flatten:
      return makeFlatten<T>(plan, state);
  }
  throw std::invalid_argument("unknown node");
}

template <typename T>
class NetworkOf : public Network {
 public:
  explicit NetworkOf(const Plan& plan) {
    state_.plan = plan;
    state_.threads = plan.threads;
    for (const ValuePlan& v : plan.values) {
      Value<T> value;
      value.height = v.height, value.width = v.width, value.channels = v.channels;
      value.rows = (long)plan.batch * v.height * v.width;
      value.moments.resize(plan.threads);
      state_.values.push_back(std::move(value));
    }
    for (const ActivationPlan& p : plan.activations) {
      Activation a(state_.values[p.value].channels);
      a.value = p.value, a.gamma = p.gamma, a.beta = p.beta, a.statistics = p.statistics, a.slopes = p.slopes;
      a.normalises = p.statistics >= 0, a.rectifies = p.slopes >= 0;
      if (a.normalises) state_.values[p.value].wantsMoments = true;
      state_.activations.push_back(std::move(a));
    }
    state_.sums.assign(plan.activations.size(), std::vector<GradientSums>(plan.threads));
    for (const NodePlan& n : plan.nodes)
      for (const Term& term : n.inputs) state_.values[term.value].uses++;
    state_.values[plan.output.value].uses++;
    // The input is read in place.
    for (size_t i = 1; i < plan.values.size(); i++) {
      Value<T>& value = state_.values[i];
      if (plan.values[i].sameAs >= 0) {
        value.data = state_.values[plan.values[i].sameAs].data;
        continue;
      }
      value.owned = state_.pool.template take<T>(value.size());
      value.data = value.owned.get();
    }
    for (const NodePlan& n : plan.nodes) nodes_.push_back(makeNode<T>(n, state_));
    forwardSeconds_.assign(nodes_.size(), 0.);
    backwardSeconds_.assign(nodes_.size(), 0.);
  }

  void forward(const float* pixels, float* embeddings, const Arrays& arrays) override {
    begin(pixels, arrays);
    for (auto& value : state_.values)
      for (Moments& m : value.moments) m.rows = 0;
    for (size_t i = 0; i < nodes_.size(); i++) {
      const double start = seconds();
      nodes_[i]->forward(state_);
      forwardSeconds_[i] += seconds() - start;
    }
    const Term& out = state_.plan.output;
    const Value<T>& value = state_.values[out.value];
    if (const Activation* a = state_.activation(out.activation)) activate(*a, value.data, embeddings, value.rows);
    else
      for (long i = 0; i < value.size(); i++) embeddings[i] = load<1>(value.data + i)[0];
  }

  void backward(const float* pixels, const float* gradient, const Arrays& arrays) override {
    begin(pixels, arrays);
    // Of a pass that an error ended.
    for (auto& value : state_.values) value.gradient.reset(), value.through = nullptr;
    Delivery<T> deliver(state_, state_.plan.output);
    deliver(0, 0, gradient, state_.values[state_.plan.output.value].rows);
    deliver.finish();
    for (size_t i = nodes_.size(); i-- > 0;) {
      const double start = seconds();
      nodes_[i]->backward(state_);
      // Nobody reads it any more; its memory serves the next node.
      Value<T>& out = state_.values[nodes_[i]->plan.output];
      out.gradient.reset();
      out.through = nullptr;
      backwardSeconds_[i] += seconds() - start;
    }
  }

  std::vector<NodeProfile> profile() const override {
    std::vector<NodeProfile> found;
    for (size_t i = 0; i < nodes_.size(); i++) {
      const NodePlan& plan = nodes_[i]->plan;
      const Value<T>& out = state_.values[plan.output];
      double read = 0;
      for (const Term& term : plan.inputs) read += state_.values[term.value].size() * (term.value == 0 ? sizeof(float) : sizeof(T));
      found.push_back({forwardSeconds_[i], backwardSeconds_[i], nodes_[i]->operations(state_), read,
                       (double)out.size() * sizeof(T)});
    }
    return found;
  }

  double bytes() const override { return (double)state_.pool.total(); }

 private:
  void begin(const float* pixels, const Arrays& arrays) {
    state_.pixels = pixels;
    state_.arrays = arrays;
    for (Activation& a : state_.activations) {
      if (!a.rectifies) continue;
      const float* slopes = arrays.parameters[a.slopes];
      a.slope.assign(slopes, slopes + a.channels);
    }
  }

  State<T> state_;
  std::vector<std::unique_ptr<Node<T>>> nodes_;
  std::vector<double> forwardSeconds_, backwardSeconds_;
};

}  // namespace

std::unique_ptr<Network> makeNetwork(const Plan& plan, bool useBf16) {
  if (useBf16) return std::make_unique<NetworkOf<bf16>>(plan);
  return std::make_unique<NetworkOf<float>>(plan);
}

}  // namespace fair
