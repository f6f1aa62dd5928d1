// A backbone as the executor sees it: values (matrices of rows = image, row, column and channels), what is applied to them on the way
// in, and nodes in the order of the forward pass. Made by src/learning/networks/plan.ts.
#pragma once
#include <vector>

namespace fair {

struct ValuePlan {
  int height, width, channels;
  int sameAs;  // the value whose memory this is in another shape, or -1
};

struct ActivationPlan {
  int value, gamma, beta, statistics, slopes;  // parameters by index, -1 without
};

struct Term {
  int value, activation;
};

struct NodePlan {
  enum Op { Conv, Depthwise, Dense, Sum, Mask, Flatten };
  Op op;
  int output;
  std::vector<Term> inputs;
  int kernel = 1, stride = 1, pad = 0;
  int weights = -1, bias = -1;
};

struct Plan {
  int batch = 0, threads = 1, statistics = 0, masks = 0;
  std::vector<ValuePlan> values;
  std::vector<ActivationPlan> activations;
  std::vector<NodePlan> nodes;
  Term output;
};

}  // namespace fair
