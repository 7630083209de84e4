/** What tells who somebody is, of the made-up customers: an address, a user id, an id of Segment. */
export const noPersonalData: readonly RegExp[] = [/@/, /\bu[_-]\d{3,}/, /\buse_/];
