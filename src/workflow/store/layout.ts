/**
 * A content-addressed store in `<root>/.store`. Everything in it can be read with an editor:
 *
 * - `objects/<id>/`: finished artifacts, each under the digest of what it holds; in its `pictures/`, what was drawn from it, which is no part of it
 * - `actions/<key>.json`: which object the work with this key has made; written last, it alone means "done"
 * - `verified/<id>.json`: what the file system said about an object's files when their digests were last found right
 * - `leases/<key>.<n>.json`: who is making what now
 * - `checkpoints/<key>/`: what an interrupted stage goes on from
 * - `tmp/`: work in progress; as deep as objects are, because an artifact may refer to a sibling by a relative path
 * - `failed/<key>/`: what a failed stage has left for a person
 * - `quarantine/`: what was found damaged, each with a report beside it
 * - `fingerprints/`: what is known about files outside
 * - `code/<digest>.json`: digests of the modules of stages
 */
export interface Store {
  /** Absolute path of the folder that people open. */
  readonly root: string;
  /** `<root>/.store`. */
  readonly hidden: string;
  readonly objects: string;
  readonly actions: string;
  readonly verified: string;
  readonly leases: string;
  readonly checkpoints: string;
  readonly temporary: string;
  readonly failed: string;
  readonly quarantine: string;
  readonly fingerprints: string;
  readonly clock: StoreClock;
}

/** The part of the effects that a store needs. */
export interface StoreClock {
  now(): number;
  randomName(): string;
  /** Calls back at an interval without keeping the process alive. Returns a function that ends it. By default, a real timer. */
  every?(milliseconds: number, callback: () => void): () => void;
}
