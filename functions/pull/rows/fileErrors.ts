/** A file cannot be read now; the sentence is for people and names no URL. */
export class FileUnavailableError extends Error {
  override readonly name: string = 'FileUnavailableError';
}

/** There is no such file, or no right to read it any more: trying again does not help. */
export class FileGoneError extends FileUnavailableError {
  override readonly name = 'FileGoneError';
}

/** A file is not what it should be; the sentence is for people and quotes none of it. */
export class FileUnreadableError extends Error {
  override readonly name: string = 'FileUnreadableError';
}

/** A file was replaced while a pull read it step by step: its rows stand elsewhere now. */
export class FileChangedError extends FileUnreadableError {
  override readonly name = 'FileChangedError';

  constructor(from: string) {
    super(`The file ${from} has changed since the pull began to read it; start the pull again`);
  }
}
