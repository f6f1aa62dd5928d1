/** What a way to look at a file is given. */
export interface ViewOptions {
  /** Rows of a table, lines of a text. */
  readonly rows: number;
  /** Room in characters. */
  readonly columns: number;
  /** Of a picture: what the stage says it shows. */
  readonly caption?: string;
}

/** A way to look at files of one kind. */
export interface View {
  readonly name: string;
  /** Endings of file names, in lower case, with the dot. */
  readonly endings: readonly string[];
  /** Text for a person, ending with a line end. Errors with a `UserError` that says what is wrong with the file. */
  render(path: string, options: ViewOptions): Promise<string>;
}
