/** What a new pipeline begins as. */
export interface Template {
  readonly name: string;
  readonly summary: string;
  /** Name of the pipeline and of its file. */
  readonly pipeline: string;
  /** The stages and parameters; the lines for editors are put before it. */
  readonly text: string;
  /** What a person has to do before it runs. */
  readonly first: readonly string[];
}
