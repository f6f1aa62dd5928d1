/** What file managers and systems leave behind. */
const LITTER =
  /^(\..*|Thumbs\.db|ehthumbs\.db|desktop\.ini|__MACOSX|@eaDir|lost\+found|\$RECYCLE\.BIN|System Volume Information)$/i;
/** Files that editors leave behind; a folder of such a name may be a person. */
const BACKUP = /(~|\.bak|\.orig|\.sw[op])$|^#.*#$/i;

/** Whether a file or folder of this name is neither read nor counted when a folder is listed. */
export function isLitter(name: string, isFolder: boolean): boolean {
  return LITTER.test(name) || (!isFolder && BACKUP.test(name));
}
