/** A queue of numbers that gives the smallest first. */
export interface ReadyQueue {
  add(rank: number): void;
  /** Undefined when it is empty. */
  take(): number | undefined;
}

/** A binary heap; the ranks to begin with come in order. */
export function firstInFirst(ranks: readonly number[]): ReadyQueue {
  const heap = [...ranks];
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  return {
    add: rank => {
      heap.push(rank);
      for (let i = heap.length - 1; i > 0 && heap[i]! < heap[(i - 1) >> 1]!; i = (i - 1) >> 1) swap(i, (i - 1) >> 1);
    },
    take: () => {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || heap.length === 0) return first;
      heap[0] = last!;
      for (let i = 0; ;) {
        const [left, right] = [2 * i + 1, 2 * i + 2];
        let least = i;
        if (left < heap.length && heap[left]! < heap[least]!) least = left;
        if (right < heap.length && heap[right]! < heap[least]!) least = right;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
  };
}
