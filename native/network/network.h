// A backbone in training: forward and backward pass of a batch over the nodes of a plan.
#pragma once
#include <memory>
#include "plan.h"
#include "state.h"

namespace fair {

/** Time and work of a node since the network was made. */
struct NodeProfile {
  double forwardSeconds, backwardSeconds, operations;
  double inputBytes, outputBytes;  // what a pass over all its inputs and over its output moves
};

class Network {
 public:
  virtual ~Network() = default;
  /** pixels [batch, height, width, 3]; embeddings [batch, channels of the output]. */
  virtual void forward(const float* pixels, float* embeddings, const Arrays& arrays) = 0;
  /** After `forward`, with the gradient of its embeddings; fills `arrays.gradients`. */
  virtual void backward(const float* pixels, const float* gradient, const Arrays& arrays) = 0;
  virtual std::vector<NodeProfile> profile() const = 0;
  /** Memory held, in bytes. */
  virtual double bytes() const = 0;
};

std::unique_ptr<Network> makeNetwork(const Plan& plan, bool bf16);

}  // namespace fair
