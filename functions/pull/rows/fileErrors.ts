/** A file cannot be read now, such as one whose URL has expired; the sentence is for people and names no URL. */
export class FileUnavailableError extends Error {
  override readonly name = 'FileUnavailableError';
}

/** A file is not what it should be; the sentence is for people and quotes none of it. */
export class FileUnreadableError extends Error {
  override readonly name = 'FileUnreadableError';
}
