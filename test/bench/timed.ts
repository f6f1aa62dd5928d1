/** Seconds. */
export interface Timed {
  readonly wall: number;
  /** Of all threads. */
  readonly cpu: number;
}

export async function timed(work: () => Promise<void>): Promise<Timed> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}
