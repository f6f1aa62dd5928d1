// One pass over all parameters of a network at once.
#pragma once
#include <cstdint>
#include <vector>

namespace fair {

/** v = momentum * v + (factor * gradient + weightDecay * w); w = w - learningRate * v. Both in place. */
struct SgdUpdate {
  float *weights, *velocity;
  const float* gradient;
  int64_t count;
  float factor;
};

void sgd(const std::vector<SgdUpdate>& updates, float learningRate, float momentum, float weightDecay);

struct Span {
  const float* values;
  int64_t count;
};

/** Sum of squares in double, the same for any number of threads. */
double sumOfSquares(const std::vector<Span>& spans);

/** running = (1 - share) * running + share * latest, in place. */
struct Average {
  float* running;
  const float* latest;
  int64_t count;
};

void moveAverages(const std::vector<Average>& averages, float share);

}  // namespace fair
