#include "optimiser.h"
#include <algorithm>
#include "../runtime.h"

namespace fair {
namespace {

/** Values that a thread takes at a time: three arrays of it stay in the second cache. */
const int64_t PIECE = 32768;

/** A part of one of several arrays. */
struct Piece {
  int64_t array, begin, end;
};

template <typename Arrays>
std::vector<Piece> cut(const Arrays& arrays) {
  std::vector<Piece> pieces;
  for (int64_t a = 0; a < int64_t(arrays.size()); a++)
    for (int64_t begin = 0; begin < arrays[a].count; begin += PIECE)
      pieces.push_back({a, begin, std::min(arrays[a].count, begin + PIECE)});
  return pieces;
}

int threadsFor(const std::vector<Piece>& pieces) {
  int64_t values = 0;
  for (const Piece& piece : pieces) values += piece.end - piece.begin;
  return runtime::threadsFor(values);
}

}  // namespace

void sgd(const std::vector<SgdUpdate>& updates, float learningRate, float momentum, float weightDecay) {
  const std::vector<Piece> pieces = cut(updates);
#pragma omp parallel for schedule(dynamic) num_threads(threadsFor(pieces))
  for (int64_t p = 0; p < int64_t(pieces.size()); p++) {
    const SgdUpdate& u = updates[pieces[p].array];
    float *w = u.weights, *v = u.velocity;
    const float *g = u.gradient, factor = u.factor;
#pragma omp simd
    for (int64_t i = pieces[p].begin; i < pieces[p].end; i++) {
      v[i] = momentum * v[i] + (factor * g[i] + weightDecay * w[i]);
      w[i] -= learningRate * v[i];
    }
  }
}

double sumOfSquares(const std::vector<Span>& spans) {
  const std::vector<Piece> pieces = cut(spans);
  std::vector<double> sums(pieces.size());
#pragma omp parallel for schedule(dynamic) num_threads(threadsFor(pieces))
  for (int64_t p = 0; p < int64_t(pieces.size()); p++) {
    const float* x = spans[pieces[p].array].values;
    double sum = 0.;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = pieces[p].begin; i < pieces[p].end; i++) sum += double(x[i]) * x[i];
    sums[p] = sum;
  }
  // In the order of the pieces, whoever summed them.
  double total = 0.;
  for (const double sum : sums) total += sum;
  return total;
}

void moveAverages(const std::vector<Average>& averages, float share) {
  for (const Average& a : averages)
    for (int64_t i = 0; i < a.count; i++) a.running[i] = (1.f - share) * a.running[i] + share * a.latest[i];
}

}  // namespace fair
