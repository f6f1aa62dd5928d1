import type { Option } from '../../kit/option-types';
import { number } from '../../kit/options';

/** The option `weight` of a loss. */
export function weight(fallback: number, description: string): Option<number> {
  return number(description, { minimum: 0, default: fallback });
}
