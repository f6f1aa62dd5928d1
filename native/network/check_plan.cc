#include "check_plan.h"
#include <cstdint>

namespace fair {

std::vector<size_t> checkPlan(const Plan& plan) {
  const auto in = [](int index, size_t count) { return index >= 0 && (size_t)index < count; };
  std::vector<size_t> sizes;
  const auto parameter = [&](int index, size_t size, bool mayLack = false) {
    if (mayLack && index == -1) return;
    want(index >= 0 && index < (1 << 20), "no such parameter");
    if ((size_t)index >= sizes.size()) sizes.resize(index + 1, 0);
    sizes[index] = size;
  };
  want(plan.batch > 0, "the batch is empty");
  want(!plan.values.empty(), "no values");
  for (size_t i = 0; i < plan.values.size(); i++) {
    const auto& v = plan.values[i];
    want(v.height > 0 && v.width > 0 && v.channels > 0, "a value is empty");
    if (v.sameAs == -1) continue;
    want(v.sameAs > 0 && (size_t)v.sameAs < i, "a value lies in one that does not lie before it");
    const auto& s = plan.values[v.sameAs];
    want((int64_t)v.height * v.width * v.channels == (int64_t)s.height * s.width * s.channels, "a shape of another size");
  }
  const auto term = [&](const Term& t) {
    want(in(t.value, plan.values.size()), "no such value");
    if (t.activation == -1) return;
    want(t.value > 0 && in(t.activation, plan.activations.size()) && plan.activations[t.activation].value == t.value, "no such activation");
  };
  for (const auto& a : plan.activations) {
    want(a.value > 0 && in(a.value, plan.values.size()), "no such value");
    const size_t channels = plan.values[a.value].channels;
    const bool normalises = a.statistics >= 0;
    if (normalises) parameter(a.gamma, channels), parameter(a.beta, channels);
    want(a.statistics < (int)plan.activations.size(), "no such statistics");
    parameter(a.slopes, channels, true);
  }
  for (const auto& n : plan.nodes) {
    want(in(n.output, plan.values.size()) && n.output > 0 && !n.inputs.empty(), "a node without input or output");
    const auto& y = plan.values[n.output];
    for (const auto& t : n.inputs) {
      term(t);
      want(t.value < n.output, "a node reads what is not there yet");
      const bool readsPixels = n.op == NodePlan::Conv;
      want(t.value != 0 || readsPixels, "only a convolution reads the input");
      const auto& x = plan.values[t.value];
      const bool same = x.height == y.height && x.width == y.width && x.channels == y.channels;
      if (n.op == NodePlan::Sum || n.op == NodePlan::Mask) want(same, "shapes differ");
    }
    if (n.op != NodePlan::Sum) want(n.inputs.size() == 1, "a node with several inputs");
    const auto& x = plan.values[n.inputs[0].value];
    if (n.op == NodePlan::Conv || n.op == NodePlan::Depthwise) {
      want(n.kernel > 0 && n.stride > 0 && n.pad >= 0, "a filter's size");
      const auto side = [&](int length) { return ((int64_t)length + 2 * n.pad - n.kernel) / n.stride + 1; };
      want(x.height + 2 * n.pad >= n.kernel && x.width + 2 * n.pad >= n.kernel, "a filter larger than its input");
      want(side(x.height) == y.height && side(x.width) == y.width, "the size of a convolution's output");
      if (n.op == NodePlan::Depthwise) want(x.channels == y.channels, "channels of a depthwise convolution");
      parameter(n.weights, (size_t)n.kernel * n.kernel * (n.op == NodePlan::Conv ? x.channels : 1) * y.channels);
    }
    if (n.op == NodePlan::Dense) {
      want(x.height * x.width * y.height * y.width == 1, "a dense layer of an image");
      parameter(n.weights, (size_t)x.channels * y.channels);
      parameter(n.bias, y.channels, true);
    }
    if (n.op == NodePlan::Mask) want(n.weights >= 0, "no such mask");
    if (n.op == NodePlan::Flatten) want(plan.values[n.output].sameAs == n.inputs[0].value, "flatten of something else");
  }
  term(plan.output);
  want(plan.output.value > 0, "no output");
  return sizes;
}

}  // namespace fair
