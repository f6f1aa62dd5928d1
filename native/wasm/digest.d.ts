/** Names of the C sources in this folder, and the SHA-256 of names and contents, line ends as on Linux. */
export function digestSources(): { readonly sources: readonly string[]; readonly digest: string };
