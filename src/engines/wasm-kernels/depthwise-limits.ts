import { UserError } from '../../errors';
import type { Convolution } from './convolution';

/** Our depthwise gradients know one filter per channel and no dilation: what the students use. */
export function onlyPlainDepthwise({ rows, columns, inChannels, outChannels }: Convolution): void {
  if (inChannels === outChannels && rows.dilation * columns.dilation === 1) return;
  throw new UserError(
    `Differentiate depthwiseConv2d on the engine wasm: ${outChannels / inChannels} filters per channel and dilation ` +
      `${rows.dilation}x${columns.dilation} found, 1 and 1x1 wanted; choose another engine`,
    { code: 'no-gradient' },
  );
}
