/** All that an iterable gives. */
export async function listOf<Member>(members: AsyncIterable<Member>): Promise<readonly Member[]> {
  const list: Member[] = [];
  for await (const member of members) {
    list.push(member);
  }
  return list;
}
