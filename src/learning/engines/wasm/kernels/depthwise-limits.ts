import { UserError } from '../../../../errors';
import type { Convolution } from './convolution';

/** Of native/wasm/depthwise.c: the taps of a filter. */
const MOST_TAPS = 128;

/** One filter per channel, and not many taps. */
export function plainDepthwise({ rows, columns, inChannels, outChannels }: Convolution): boolean {
  return inChannels === outChannels && rows.taps * columns.taps <= MOST_TAPS;
}

/** Our depthwise gradients know what the students use. Throws `UserError` no-gradient. */
export function onlyPlainDepthwise(convolution: Convolution): void {
  if (plainDepthwise(convolution)) return;
  const { rows, columns, inChannels, outChannels } = convolution;
  throw new UserError(
    `Differentiate depthwiseConv2d on the engine wasm: ${outChannels / inChannels} filters per channel of ` +
      `${rows.taps}x${columns.taps} taps found, 1 of at most ${MOST_TAPS} taps wanted; choose another engine`,
    { code: 'no-gradient' },
  );
}
