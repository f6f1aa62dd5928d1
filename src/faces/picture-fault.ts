/** Why a file gives no pixels. */
export type PictureFault = 'empty-file' | 'not-an-image' | 'unsupported-format' | 'too-large' | 'truncated' | 'corrupt';
