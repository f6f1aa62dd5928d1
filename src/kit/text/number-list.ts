/** Numbers one behind the other, 8 bytes each. A list that grows by being copied would need three times that. */
export interface NumberList {
  readonly length: number;
  push(value: number): void;
  /** NaN where nothing was pushed. */
  at(index: number): number;
}

const CHUNK = 8192;

export function numberList(): NumberList {
  const chunks: Float64Array[] = [];
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(value) {
      if (length % CHUNK === 0) chunks.push(new Float64Array(CHUNK));
      chunks[chunks.length - 1]![length++ % CHUNK] = value;
    },
    at: index => (index >= 0 && index < length ? chunks[Math.floor(index / CHUNK)]![index % CHUNK]! : NaN),
  };
}
