/** An image and the gradient of the outputs, both [pixels, channels]; successive outputs read pixels `step` values apart. */
export interface PixelRun {
  readonly image: Float32Array;
  readonly gradient: Float32Array;
  readonly channels: number;
  readonly step: number;
}

/** sums[at + c] += the sum over `count` outputs of image times gradient, for one tap. */
export function addOneTap(
  { image, gradient, channels, step }: PixelRun,
  imageAt: number,
  gradientAt: number,
  count: number,
  sums: Float64Array,
  at: number,
): void {
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    let from = imageAt + c;
    let to = gradientAt + c;
    for (let i = 0; i < count; i++, from += step, to += channels) sum += image[from]! * gradient[to]!;
    sums[at + c]! += sum;
  }
}

/** The same for three neighbouring taps at once: twice as fast, for the gradient is read once and three chains of sums overlap. */
export function addThreeTaps(
  { image, gradient, channels, step }: PixelRun,
  imageAt: number,
  gradientAt: number,
  count: number,
  sums: Float64Array,
  at: number,
): void {
  for (let c = 0; c < channels; c++) {
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let from = imageAt + c;
    let to = gradientAt + c;
    for (let i = 0; i < count; i++, from += step, to += channels) {
      const dy = gradient[to]!;
      sum0 += image[from]! * dy;
      sum1 += image[from + channels]! * dy;
      sum2 += image[from + 2 * channels]! * dy;
    }
    sums[at + c]! += sum0;
    sums[at + channels + c]! += sum1;
    sums[at + 2 * channels + c]! += sum2;
  }
}
