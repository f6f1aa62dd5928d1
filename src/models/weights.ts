/** Trained values by parameter name, with their shape as the layer declares it. Float32. */
export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
