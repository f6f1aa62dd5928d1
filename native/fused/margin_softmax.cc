#include "margin_softmax.h"
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>
#include "../runtime.h"
#include "exponential.h"

namespace fair {
namespace {

/** Below this length a vector is divided by it instead of by its own, as in src/learning/losses/unit.ts. */
const double SHORTEST = 1e-12;
/** As in src/learning/losses/elastic-arcface.ts: keeps the derivative of the angle finite. */
const float LARGEST_COSINE = 1.f - 1e-6f;
/** Columns that a thread takes at a time. */
const int64_t COLUMNS = 2048;
/** Floats that are summed as floats before they go into a double. */
const int64_t RUN = 256;

/** A face's own class. */
struct Own {
  /** What enters the softmax, and its derivative by the cosine without margin. */
  float widened, derivative;
};

/** A face's softmax. */
struct Softmax {
  /** Of all logits. */
  float largest;
  /** Sums over all classes but the own of e^(logit - largest), and of the same times the cosine. */
  double others, cosines;
};

std::vector<float> inverseRowLengths(const float* x, int64_t rows, int64_t columns) {
  std::vector<float> inverse(rows);
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(rows * columns))
  for (int64_t i = 0; i < rows; i++) {
    double sum = 0.;
#pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < columns; j++) sum += double(x[i * columns + j]) * x[i * columns + j];
    inverse[i] = float(1. / std::max(std::sqrt(sum), SHORTEST));
  }
  return inverse;
}

std::vector<float> inverseColumnLengths(const float* x, int64_t rows, int64_t columns) {
  std::vector<float> inverse(columns);
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(rows * columns))
  for (int64_t begin = 0; begin < columns; begin += COLUMNS) {
    const int64_t count = std::min(columns - begin, COLUMNS);
    double sums[COLUMNS] = {};
    for (int64_t i = 0; i < rows; i++) {
      const float* row = x + i * columns + begin;
#pragma omp simd
      for (int64_t j = 0; j < count; j++) sums[j] += double(row[j]) * row[j];
    }
    for (int64_t j = 0; j < count; j++) inverse[begin + j] = float(1. / std::max(std::sqrt(sums[j]), SHORTEST));
  }
  return inverse;
}

/** c [m, n] = alpha * a b + beta * c in float32 whatever the engine's precision: the head is one percent of a step. */
void multiply(char transposeA, char transposeB, int64_t m, int64_t n, int64_t k, float alpha, const float* a,
              const float* b, float beta, float* c) {
  const auto status = dnnl_sgemm(transposeA, transposeB, m, n, k, alpha, a, transposeA == 'T' ? m : k, b,
                                 transposeB == 'T' ? k : n, beta, c, n);
  if (status != dnnl_success) throw std::runtime_error("oneDNN could not multiply matrices");
}

/** cos θ cos m - sin θ sin m in place of cos θ, as far as the cosine is not at a pole of the angle's derivative. */
Own widen(float cosine, float margin) {
  const float kept = cosine < -LARGEST_COSINE ? -LARGEST_COSINE : cosine > LARGEST_COSINE ? LARGEST_COSINE : cosine;
  const float sine = std::sqrt(1.f - kept * kept);
  const float widened = kept * std::cos(margin) - sine * std::sin(margin);
  const bool inside = std::fabs(cosine) <= LARGEST_COSINE;
  return {cosine + (widened - kept), inside ? std::cos(margin) + kept / sine * std::sin(margin) : 1.f};
}

float largestOf(const float* cosines, int64_t begin, int64_t end, float largest) {
#pragma omp simd reduction(max : largest)
  for (int64_t j = begin; j < end; j++) largest = cosines[j] > largest ? cosines[j] : largest;
  return largest;
}

void addOthers(Softmax& softmax, const float* cosines, int64_t begin, int64_t end, float scale) {
  for (int64_t from = begin; from < end; from += RUN) {
    const int64_t to = std::min(end, from + RUN);
    float others = 0.f, weighted = 0.f;
#pragma omp simd reduction(+ : others, weighted)
    for (int64_t j = from; j < to; j++) {
      const float e = exponential(scale * cosines[j] - softmax.largest);
      others += e;
      weighted += e * cosines[j];
    }
    softmax.others += others;
    softmax.cosines += weighted;
  }
}

}  // namespace

HeadLoss marginSoftmax(const MarginSoftmax& head, const MarginSlopes& slopes) {
  const int64_t faces = head.faces, classes = head.classes;
  for (int64_t i = 0; i < faces; i++)
    if (head.labels[i] < 0 || head.labels[i] >= classes) throw std::out_of_range("a label is not the number of a class");
  const std::vector<float> ofFeature = inverseRowLengths(head.features, faces, head.dimensions);
  const std::vector<float> ofCentre = inverseColumnLengths(head.centres, head.dimensions, classes);
  multiply('N', 'N', faces, classes, head.dimensions, 1.f, head.features, head.centres, 0.f, slopes.products);

  const float scale = head.scale, weight = scale / float(faces);
  std::vector<float> largest(faces), shares(faces), ownSlopes(faces);
  std::vector<double> losses(faces);
  std::vector<char> nearest(faces);
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(faces * classes))
  for (int64_t i = 0; i < faces; i++) {
    float* row = slopes.products + i * classes;
    const int64_t label = head.labels[i];
    // From here to the next loop the row holds cosines.
#pragma omp simd
    for (int64_t j = 0; j < classes; j++) row[j] *= ofFeature[i] * ofCentre[j];
    const float cosine = row[label];
    const Own own = widen(cosine, head.margins[i]);
    const float before = largestOf(row, 0, label, -INFINITY), after = largestOf(row, label + 1, classes, -INFINITY);
    nearest[i] = cosine > before && cosine >= after;

    Softmax softmax{scale * std::max(own.widened, std::max(before, after)), 0., 0.};
    addOthers(softmax, row, 0, label, scale);
    addOthers(softmax, row, label + 1, classes, scale);
    const double logit = double(scale) * own.widened - softmax.largest;
    const double total = softmax.others + std::exp(logit);
    losses[i] = std::log(total) - logit;
    largest[i] = softmax.largest;
    shares[i] = float(weight / total);
    // The share of the others, which is exact where 1 - p of the own class would not be.
    ownSlopes[i] = float(-weight * (softmax.others / total) * own.derivative);
    const double along = weight * (softmax.cosines / total) + double(ownSlopes[i]) * cosine;
    slopes.ofFeatures[i] = float(along * ofFeature[i] * ofFeature[i]);
  }

#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(faces * classes))
  for (int64_t begin = 0; begin < classes; begin += COLUMNS) {
    const int64_t end = std::min(classes, begin + COLUMNS);
    float along[COLUMNS] = {};
    for (int64_t i = 0; i < faces; i++) {
      float* row = slopes.products + i * classes;
      const auto toSlopes = [&](int64_t from, int64_t to) {
#pragma omp simd
        for (int64_t j = from; j < to; j++) {
          const float slope = shares[i] * exponential(scale * row[j] - largest[i]);
          along[j - begin] += slope * row[j];
          row[j] = slope * ofFeature[i] * ofCentre[j];
        }
      };
      const int64_t label = head.labels[i];
      if (label < begin || label >= end) {
        toSlopes(begin, end);
        continue;
      }
      toSlopes(begin, label);
      along[label - begin] += ownSlopes[i] * row[label];
      row[label] = ownSlopes[i] * ofFeature[i] * ofCentre[label];
      toSlopes(label + 1, end);
    }
    for (int64_t j = begin; j < end; j++) slopes.ofCentres[j] = along[j - begin] * ofCentre[j] * ofCentre[j];
  }

  double loss = 0., right = 0.;
  for (int64_t i = 0; i < faces; i++) loss += losses[i], right += nearest[i];
  return {float(loss / faces), float(right / faces)};
}

void marginSoftmaxGradients(const MarginSoftmax& head, const MarginSlopes& slopes, float upstream, float* dFeatures,
                            float* dCentres) {
  const int64_t faces = head.faces, dimensions = head.dimensions, classes = head.classes;
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(faces * dimensions))
  for (int64_t i = 0; i < faces; i++)
    for (int64_t k = 0; k < dimensions; k++)
      dFeatures[i * dimensions + k] = -slopes.ofFeatures[i] * head.features[i * dimensions + k];
  multiply('N', 'T', faces, dimensions, classes, upstream, slopes.products, head.centres, upstream, dFeatures);
#pragma omp parallel for schedule(static) num_threads(runtime::threadsFor(dimensions * classes))
  for (int64_t k = 0; k < dimensions; k++)
    for (int64_t j = 0; j < classes; j++)
      dCentres[k * classes + j] = -slopes.ofCentres[j] * head.centres[k * classes + j];
  multiply('T', 'N', dimensions, classes, faces, upstream, head.features, slopes.products, upstream, dCentres);
}

}  // namespace fair
