import sharp from 'sharp';
import { seededRandom } from '../kit/math/random';
import { drawCircumstances, type Circumstances } from './circumstances';
import type { Point } from './curve';
import { develop } from './develop';
import { DOMAINS, type DomainName } from './domains';
import { GROUPS, type GroupName } from './groups';
import { drawIdentity, strayed, type Identity } from './identity';
import { portrait } from './portrait';

// Photos are small and many are under way at once: one thread each, nothing remembered.
sharp.cache(false);
sharp.concurrency(1);

export interface Sitter {
  readonly seed: number;
  readonly domain: DomainName;
  readonly group: GroupName;
  /** Unique among the sitters of a seed; it and the seed decide everything. */
  readonly name: string;
}

export interface DrawnPhotograph {
  readonly jpeg: Buffer;
  /** Five, in pixels, as `Portrait.landmarks`. */
  readonly landmarks: readonly Point[];
}

/** The `number`-th photo of a drawn person, size x size pixels. Equal arguments give equal bytes. */
export async function photograph(sitter: Sitter, number: number, size: number): Promise<DrawnPhotograph> {
  const identity = identityOf(sitter);
  const domain = DOMAINS[sitter.domain];
  const random = seededRandom(sitter.seed, 'photo', sitter.name, number);
  const circumstances = drawCircumstances(domain, GROUPS[sitter.group], identity.glasses.habit, random);
  const shown = strayed(identity, domain, random);
  const { svg, landmarks } = portrait(shown, circumstances, size);
  const pixels = await render(svg, size, circumstances);
  develop(pixels, size, circumstances, random);
  return { jpeg: await encode(pixels, size, circumstances), landmarks };
}

export function identityOf({ seed, domain, group, name }: Sitter): Identity {
  return drawIdentity(GROUPS[group], DOMAINS[domain], seededRandom(seed, 'identity', name));
}

function render(svg: string, size: number, { blur }: Circumstances): Promise<Buffer> {
  const image = sharp(Buffer.from(svg)).flatten();
  return image
    .blur(Math.max(0.3, (blur * size) / 200))
    .raw()
    .toBuffer();
}

function encode(pixels: Buffer, size: number, { quality }: Circumstances): Promise<Buffer> {
  const raw = { width: size, height: size, channels: 3 } as const;
  return sharp(pixels, { raw }).jpeg({ quality, chromaSubsampling: '4:2:0', optimiseCoding: true }).toBuffer();
}
