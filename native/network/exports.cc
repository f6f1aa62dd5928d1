// What JavaScript sees of a network in training.
#include <map>
#include "../napi.h"
#include "../runtime.h"
#include "check_plan.h"
#include "network.h"

namespace {

using fair::Arrays;
using fair::NodePlan;
using fair::Plan;
using fair::Term;
using fair::want;

struct Entry {
  Plan plan;
  std::vector<size_t> sizes;  // of the parameters
  std::unique_ptr<fair::Network> network;
};

std::map<int64_t, Entry>& networks() {
  static thread_local std::map<int64_t, Entry> all;
  return all;
}

Entry& find(napi::Args& args) {
  const auto found = networks().find(args.integer(0));
  if (found == networks().end()) throw std::invalid_argument("no such network");
  return found->second;
}

int number(const napi::Value& object, const char* name) { return (int)object.get(name).integer(); }

Term termOf(const napi::Value& object) { return {number(object, "value"), number(object, "activation")}; }

NodePlan::Op opOf(const std::string& name) {
  static const std::map<std::string, NodePlan::Op> ops{{"conv", NodePlan::Conv}, {"depthwise", NodePlan::Depthwise}, {"dense", NodePlan::Dense},
                                                       {"sum", NodePlan::Sum},   {"mask", NodePlan::Mask},           {"flatten", NodePlan::Flatten}};
  return ops.at(name);
}

Plan planOf(const napi::Value& from) {
  Plan plan;
  plan.batch = number(from, "batch"), plan.threads = runtime::threads();
  for (const auto& v : from.get("values").elements())
    plan.values.push_back({number(v, "height"), number(v, "width"), number(v, "channels"), number(v, "sameAs")});
  for (const auto& a : from.get("activations").elements())
    plan.activations.push_back({number(a, "value"), number(a, "gamma"), number(a, "beta"), number(a, "statistics"), number(a, "slopes")});
  for (const auto& n : from.get("nodes").elements()) {
    NodePlan node;
    node.op = opOf(n.get("op").text());
    node.output = number(n, "output");
    for (const auto& term : n.get("inputs").elements()) node.inputs.push_back(termOf(term));
    node.kernel = number(n, "kernel"), node.stride = number(n, "stride"), node.pad = number(n, "pad");
    node.weights = number(n, "weights"), node.bias = number(n, "bias");
    plan.nodes.push_back(node);
  }
  plan.output = termOf(from.get("output"));
  return plan;
}

template <typename To>
std::vector<To> addresses(const std::vector<napi::Floats>& views) {
  std::vector<To> found;
  for (const auto& view : views) found.push_back(view.data);
  return found;
}

/** The arrays of parameters, or of their gradients, where null is one that is not needed. */
void wantSizes(const std::vector<napi::Floats>& arrays, const std::vector<size_t>& sizes, bool mayLack) {
  want(arrays.size() >= sizes.size(), "wanted " + std::to_string(sizes.size()) + " parameters, got " + std::to_string(arrays.size()));
  for (size_t i = 0; i < sizes.size(); i++)
    want(sizes[i] == 0 || (mayLack && !arrays[i]) || arrays[i].size == sizes[i],
         "parameter " + std::to_string(i) + " has " + std::to_string(arrays[i].size) + " values, want " + std::to_string(sizes[i]));
}

size_t sizeOf(const Plan& plan, int value) {
  const auto& v = plan.values[value];
  return (size_t)plan.batch * v.height * v.width * v.channels;
}

}  // namespace

// networkSettings(): what a network depends on besides its plan
EXPORT(networkSettings) {
  return args.resultText(std::to_string(runtime::threads()) + (runtime::bf16() ? " bf16" : " f32"));
}

// networkCreate(plan): number
EXPORT(networkCreate) {
  static thread_local int64_t next = 1;
  Entry entry;
  entry.plan = planOf(args[0]);
  entry.sizes = fair::checkPlan(entry.plan);
  entry.network = fair::makeNetwork(entry.plan, runtime::bf16());
  networks().emplace(next, std::move(entry));
  return args.resultNumber((double)next++);
}

// networkForward(id, pixels, embeddings, parameters[], means[], variances[], masks[])
EXPORT(networkForward) {
  Entry& entry = find(args);
  const auto pixels = args.floats(1, sizeOf(entry.plan, 0)), embeddings = args.floats(2, sizeOf(entry.plan, entry.plan.output.value));
  Arrays arrays;
  const auto parameters = args.floatsList(3);
  wantSizes(parameters, entry.sizes, false);
  arrays.parameters = addresses<const float*>(parameters);
  arrays.means = addresses<float*>(args.floatsList(4));
  arrays.variances = addresses<float*>(args.floatsList(5));
  arrays.masks = addresses<const float*>(args.floatsList(6));
  arrays.gradients.assign(arrays.parameters.size(), nullptr);
  entry.network->forward(pixels.data, embeddings.data, arrays);
  return args.undefined();
}

// networkBackward(id, pixels, gradient, parameters[], gradients[], masks[]); null for a gradient that is not needed
EXPORT(networkBackward) {
  Entry& entry = find(args);
  const auto pixels = args.floats(1, sizeOf(entry.plan, 0)), gradient = args.floats(2, sizeOf(entry.plan, entry.plan.output.value));
  Arrays arrays;
  const auto parameters = args.floatsList(3), gradients = args.floatsList(4);
  wantSizes(parameters, entry.sizes, false);
  wantSizes(gradients, entry.sizes, true);
  arrays.parameters = addresses<const float*>(parameters);
  arrays.gradients = addresses<float*>(gradients);
  arrays.masks = addresses<const float*>(args.floatsList(5));
  entry.network->backward(pixels.data, gradient.data, arrays);
  return args.undefined();
}

// networkRelease(id)
EXPORT(networkRelease) {
  networks().erase(args.integer(0));
  return args.undefined();
}

// networkProfile(id): JSON text, nodes in the order of the plan
EXPORT(networkProfile) {
  Entry& entry = find(args);
  std::string text = "{\"bytes\":" + std::to_string(entry.network->bytes()) + ",\"nodes\":[";
  bool first = true;
  for (const auto& node : entry.network->profile()) {
    text += std::string(first ? "" : ",") + "{\"forward\":" + std::to_string(node.forwardSeconds) + ",\"backward\":" +
            std::to_string(node.backwardSeconds) + ",\"operations\":" + std::to_string(node.operations) + ",\"inputBytes\":" +
            std::to_string(node.inputBytes) + ",\"outputBytes\":" + std::to_string(node.outputBytes) + "}";
    first = false;
  }
  return args.resultText(text + "]}");
}
