import type { DrawingOptions } from './drawing-options';

/** The text beside drawn photos, for a reader who has nothing but the folder. */
export function notice({ seed, domain, groups }: DrawingOptions): string {
  return `These photographs are drawings. They show nobody.

fairdistill's stage synthesize-faces drew them (seed ${seed}, domain ${domain}, groups ${groups.join(', ')}) from random numbers. No photograph
of a person was used. You may use them under the terms of the Apache License, Version 2.0.

The groups are letters for sets of drawing parameters. They are no groups of people: skin, hair and eye colours come
from the same palettes in every group. Nothing that is measured on these drawings says anything about people, or about
how a model treats them. docs/drawn-faces.md of fairdistill says how they are drawn.

Layout: <split>/data/<group>/<identity>/<identity>_0001.jpg, and in <split>/txts/<group>/ the files
  <group>_lmk.txt     path, label, then x and y of viewer-left eye, viewer-right eye, nose, viewer-left and viewer-right
                      mouth corner, in pixels; an integer is the centre of a pixel
  <group>_images.txt  file, label
  <group>_people.txt  identity, number of photos
  <group>_pairs.txt   test only: 10 folds, each its genuine pairs (identity, i, j) and then as many impostor pairs
                      (identity, i, identity, j)
Fields are separated by tabs.
`;
}
